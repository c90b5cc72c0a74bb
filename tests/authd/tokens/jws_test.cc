#include "authd/tokens/jws.h"

#include <gtest/gtest.h>

#include "base/crypto/digest.h"
#include "tests/authd/tokens/token_fixture.h"

namespace picket::authd {
namespace {

/// What becomes of a token at one who knows `key` and nothing else.
std::string outcome(std::string_view token, const SigningKey& key) {
  const auto jws = Jws::parse(token);
  if (!jws) return std::string(to_string(jws.error()));
  if (jws->kid() != key.kid()) return "unknown_key";
  const auto payload = jws->payload(key.verify_key());
  return payload ? "fine" : std::string(to_string(payload.error()));
}

std::string with_header(std::string_view header) {
  return crafted(test_key(Algorithm::EdDsa), header, "{}");
}

TEST(Jws, GivesBackWhatWasSigned) {
  for (const Algorithm algorithm : {Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256}) {
    const SigningKey& key = test_key(algorithm);
    const std::string token = sign_jws(key, "at+jwt", R"({"sub":"u"})");
    const auto jws = Jws::parse(token);
    ASSERT_TRUE(jws) << to_string(jws.error());
    EXPECT_EQ(jws->kid(), key.kid());
    EXPECT_EQ(jws->typ(), "at+jwt");
    EXPECT_EQ(jws->payload(key.verify_key()).value(), R"({"sub":"u"})");
  }
}

TEST(Jws, DoesNotHoldUnderAnyOneBitChanged) {
  const SigningKey& key = test_key(Algorithm::EdDsa);
  const std::string token = sign_jws(key, "at+jwt", R"({"sub":"u"})");
  ASSERT_EQ(outcome(token, key), "fine");
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (const unsigned bit : {0U, 1U, 5U}) {
      std::string changed = token;
      changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ (1U << bit));
      EXPECT_NE(outcome(changed, key), "fine") << i << " bit " << bit;
    }
    EXPECT_NE(outcome(token.substr(0, i), key), "fine") << "cut at " << i;
  }
}

TEST(Jws, IsKnownByTheKeyThatItsHeaderNames) {
  const SigningKey& key = test_key(Algorithm::EdDsa);
  const std::string kid = key.kid();
  EXPECT_EQ(kid_in(sign_jws(key, "at+jwt", "{}")), kid);
  EXPECT_EQ(kid_in(sign_jws(key, "at+jwt", "{}") + "x"), kid) << "whatever its signature is";
  EXPECT_EQ(kid_in(with_header(header_of(key)).substr(0, 120)), kid) << "and its rest";
  const std::vector<std::string> foreign = {
      "",
      "app-token",
      "a.b.c",
      with_header(R"({"alg":"EdDSA","typ":"at+jwt"})"),
      with_header(R"({"alg":"EdDSA","kid":"k1","typ":"at+jwt"})"),
      with_header(R"({"alg":"HS256","kid":")" + kid + R"(","typ":"JWT"})"),
      sign_jws(key, "at+jwt", std::string(Jws::kBytesMax, 'x'))};
  for (const std::string& token : foreign) EXPECT_EQ(kid_in(token), std::nullopt) << token.substr(0, 200);
}

TEST(Attack01, ATokenWithoutASignatureIsRefused) {
  // RFC 7515 A.5.
  EXPECT_EQ(
      outcome(
          "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p"
          "c19yb290Ijp0cnVlfQ.",
          test_key(Algorithm::EdDsa)),
      "algorithm");
  for (const char* const alg : {"none", "None", "nOnE", "NONE", "", "null"}) {
    const std::string header =
        fmt::format(R"({{"alg":"{}","kid":"{}","typ":"at+jwt"}})", alg, test_key(Algorithm::EdDsa).kid());
    const std::string signed_token = with_header(header);
    EXPECT_EQ(outcome(signed_token, test_key(Algorithm::EdDsa)), "algorithm") << alg;
    const std::string bare = signed_token.substr(0, signed_token.rfind('.') + 1);
    EXPECT_EQ(outcome(bare, test_key(Algorithm::EdDsa)), "algorithm") << alg;
  }
  const std::string fine = sign_jws(test_key(Algorithm::EdDsa), "at+jwt", "{}");
  EXPECT_EQ(outcome(fine.substr(0, fine.rfind('.') + 1), test_key(Algorithm::EdDsa)), "malformed");
}

TEST(Attack02, APublicKeyIsNoSharedSecret) {
  const SigningKey& key = test_key(Algorithm::EdDsa);
  const std::string jwk = key.verify_key().jwk();
  const std::size_t at = jwk.find(R"("x":")") + 5;
  const std::string raw = base64url_decode(jwk.substr(at, 43)).value();
  const std::string der = hex_decode("302a300506032b6570032100").value() + raw;
  const std::string pem =
      "-----BEGIN PUBLIC KEY-----\n" + base64_encode(der) + "\n-----END PUBLIC KEY-----\n";
  for (const std::string& secret : {raw, der, pem, jwk, std::string()}) {
    for (const char* const alg : {"HS256", "HS512", "EdDSA"}) {
      std::string token =
          base64url_encode(fmt::format(R"({{"alg":"{}","kid":"{}","typ":"at+jwt"}})", alg, key.kid())) + "." +
          base64url_encode("{}");
      token += "." + base64url_encode(hmac_sha256(secret, token));
      EXPECT_NE(outcome(token, key), "fine") << alg;
      if (*alg == 'H') {
        EXPECT_EQ(outcome(token, key), "algorithm");
      }
    }
  }
}

TEST(Attack02, TheAlgorithmIsThatOfTheKey) {
  const SigningKey& key = test_key(Algorithm::Es256);
  for (const char* const alg : {"EdDSA", "RS256"}) {
    const std::string header = fmt::format(R"({{"alg":"{}","kid":"{}","typ":"at+jwt"}})", alg, key.kid());
    EXPECT_EQ(outcome(crafted(key, header, "{}"), key), "algorithm") << alg;
  }
  for (const char* const alg : {"PS256", "ES384", "ES256K", "eddsa", "Ed25519"}) {
    const std::string header = fmt::format(R"({{"alg":"{}","kid":"{}","typ":"at+jwt"}})", alg, key.kid());
    EXPECT_EQ(outcome(crafted(key, header, "{}"), key), "algorithm") << alg;
  }
}

TEST(Attack03, AKeyIdOfAnotherFormIsNotLookedUp) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"../../dev/null", "unknown_key"},
      {"' OR 1=1 --", "unknown_key"},
      {"", "unknown_key"},
      {std::string(42, 'A'), "unknown_key"},
      {std::string(44, 'A'), "unknown_key"},
      {std::string(43, 'A'), "unknown_key"},
      {std::string(42, 'A') + "/", "unknown_key"},
      {std::string(42, 'A') + "\\u0000", "unknown_key"},
      {std::string(65536, 'A'), "too_long"}};
  for (const auto& [kid, expected] : rows) {
    const std::string token = with_header(fmt::format(R"({{"alg":"EdDSA","kid":"{}","typ":"at+jwt"}})", kid));
    EXPECT_EQ(outcome(token, test_key(Algorithm::EdDsa)), expected) << kid.substr(0, 50);
  }
  EXPECT_FALSE(is_kid("../../dev/null"));
  EXPECT_TRUE(is_kid(test_key(Algorithm::EdDsa).kid()));
}

TEST(Attack04, AHeaderMemberThatWeNeverWriteIsRefused) {
  const SigningKey& key = test_key(Algorithm::EdDsa);
  const std::string head = fmt::format(R"({{"alg":"EdDSA","kid":"{}","typ":"at+jwt")", key.kid());
  for (const std::string& member :
       {std::string(R"("jku":"https://evil.example/jwks.json")"),
        std::string(R"("x5u":"https://evil.example/c")"), R"("jwk":)" + key.verify_key().jwk(),
        std::string(R"("x5c":["MIIB"])"), std::string(R"("x5t":"AAAA")"),
        std::string(R"("crit":["exp"],"exp":1)"), std::string(R"("crit":[])"),
        std::string(R"("b64":false,"crit":["b64"])"), std::string(R"("b64":true)"),
        std::string(R"("zip":"DEF")"), std::string(R"("cty":"JWT")"), std::string(R"("enc":"A128GCM")")}) {
    EXPECT_EQ(outcome(with_header(fmt::format("{},{}}}", head, member)), key), "header") << member;
  }
  EXPECT_EQ(outcome(with_header(head + "}"), key), "fine");
  EXPECT_EQ(outcome(with_header(R"({"alg":"EdDSA","typ":"at+jwt"})"), key), "header");
  EXPECT_EQ(outcome(with_header(fmt::format(R"({{"alg":"EdDSA","kid":"{}"}})", key.kid())), key), "header");
  EXPECT_EQ(outcome(with_header(fmt::format(R"({{"alg":["EdDSA"],"kid":"{}","typ":"a"}})", key.kid())), key),
            "header");
  EXPECT_EQ(outcome(with_header(R"({"alg":"EdDSA","kid":7,"typ":"at+jwt"})"), key), "header");
}

TEST(Attack08, ATokenHasOneSpelling) {
  const SigningKey& key = test_key(Algorithm::EdDsa);
  const std::string token = sign_jws(key, "at+jwt", "{}");
  const std::string header = header_of(key);
  const std::string kid_twice = R"({"alg":"none",)" + header.substr(1);
  const std::vector<std::pair<const char*, std::string>> rows = {
      {"padding", token + "="},
      {"two of it", token + "=="},
      {"trailing part", token + ".e30"},
      {"trailing dot", token + "."},
      {"leading dot", "." + token},
      {"blank before", " " + token},
      {"newline after", token + "\n"},
      {"NUL after", token + std::string(1, '\0')},
      {"two parts", token.substr(0, token.rfind('.'))},
      {"non-zero tail bits",
       token.substr(0, token.size() - 1) + static_cast<char>(token.back() == 'A' ? 'B' : token.back() + 1)},
      {"duplicate key", with_header(kid_twice)},
      {"duplicate key by escape", with_header(R"({"\u0061lg":"none",)" + header.substr(1))},
      {"byte order mark", with_header("\xEF\xBB\xBF" + header)},
      {"trailing JSON", with_header(header + "{}")},
      {"trailing NUL in JSON", with_header(header + std::string(1, '\0'))},
      {"comment", with_header("/**/" + header)},
      {"array", with_header("[" + header + "]")},
      {"invalid UTF-8", with_header("{\"alg\":\"EdDSA\xC0\xAF\"}")},
      {"deep", with_header("{\"a\":" + std::string(500, '[') + std::string(500, ']') + "}")},
      {"empty", ""},
      {"dots", ".."}};
  EXPECT_EQ(outcome(token, key), "fine");
  for (const auto& [what, text] : rows) EXPECT_EQ(outcome(text, key), "malformed") << what;
}

TEST(Attack08, TheOtherBase64IsRefused) {
  const SigningKey& key = test_key(Algorithm::EdDsa);
  for (const auto& [ours, other] : {std::pair('-', '+'), std::pair('_', '/')}) {
    std::string token;
    for (int i = 0; token.find(ours) == std::string::npos; ++i) {
      ASSERT_LT(i, 10000);
      token = sign_jws(key, "at+jwt", std::to_string(i));
    }
    ASSERT_EQ(outcome(token, key), "fine");
    token[token.find(ours)] = other;
    EXPECT_EQ(outcome(token, key), "malformed") << token;
  }
}

TEST(Attack09, ATokenOverEightKibIsRefusedUnread) {
  const SigningKey& key = test_key(Algorithm::EdDsa);
  const std::size_t empty_size = sign_jws(key, "at+jwt", "").size();
  const std::size_t room = (Jws::kBytesMax - empty_size) / 4 * 3;
  const std::string fits = sign_jws(key, "at+jwt", std::string(room, 'x'));
  EXPECT_LE(fits.size(), Jws::kBytesMax);
  EXPECT_EQ(outcome(fits, key), "fine");
  EXPECT_EQ(outcome(sign_jws(key, "at+jwt", std::string(room + 4, 'x')), key), "too_long");
  EXPECT_EQ(outcome(std::string(10 << 20, '.'), key), "too_long");
  EXPECT_EQ(outcome(std::string(Jws::kBytesMax, '.'), key), "malformed");
}

}  // namespace
}  // namespace picket::authd
