#include <gtest/gtest.h>

#include "authd/tokens/jws.h"
#include "tests/authd/tokens/token_fixture.h"

namespace picket::authd {
namespace {

constexpr std::string_view kRfc7515Rsa =
    R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4Q)"
    R"(lL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UT)"
    R"(o7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kz)"
    R"(k2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"})";
constexpr std::string_view kRfc7515Ec =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
constexpr std::string_view kRfc8037Okp =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
constexpr std::string_view kRfc7638Rsa =
    R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJEC)"
    R"(PebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJ)"
    R"(ZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF)"
    R"(44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})";
constexpr std::string_view kJoe =
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

struct Vector {
  const char* source;
  std::string_view jwk;
  std::string message;
  const char* signature;
};

std::vector<Vector> published_signatures() {
  return {
      {"RFC 7515 A.2", kRfc7515Rsa, "eyJhbGciOiJSUzI1NiJ9" + std::string(kJoe),
       "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
       "O8W2Fp5jujGbds9uJdb"
       "F9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_"
       "eSN9383"
       "LcOLn6_dO--xi12jzDwusC-"
       "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWy"
       "wlVmtVrBp0igcN_IoypGlUPQGe77Rw"},
      {"RFC 7515 A.3", kRfc7515Ec, "eyJhbGciOiJFUzI1NiJ9" + std::string(kJoe),
       "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
      {"RFC 8037 A.5", kRfc8037Okp, "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
       "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"},
  };
}

TEST(VerifyKey, VerifiesThePublishedSignatures) {
  for (const Vector& vector : published_signatures()) {
    const auto key = VerifyKey::from_jwk(vector.jwk);
    ASSERT_TRUE(key) << vector.source << ": " << key.error().message;
    const std::string signature = base64url_decode(vector.signature).value();
    EXPECT_TRUE(key->verify(vector.message, signature)) << vector.source;
    EXPECT_FALSE(key->verify(vector.message + "x", signature)) << vector.source;
    for (std::size_t i = 0; i < signature.size(); i += 7) {
      std::string changed = signature;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      EXPECT_FALSE(key->verify(vector.message, changed)) << vector.source << " byte " << i;
    }
  }
}

TEST(VerifyKey, IsNamedByTheThumbprintOfRfc7638) {
  EXPECT_EQ(VerifyKey::from_jwk(kRfc7638Rsa)->kid(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  EXPECT_EQ(VerifyKey::from_jwk(kRfc8037Okp)->kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");  // A.3
}

TEST(SigningKey, SignsAsRfc8037Does) {
  // PKCS#8 (RFC 8410 7) around the private key of RFC 8037 A.1.
  const std::string der = hex_decode("302e020100300506032b657004220420").value() +
                          base64url_decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").value();
  const auto key = SigningKey::load(Secret(der));
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->verify_key().jwk(),
            R"({"alg":"EdDSA","crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",)"
            R"("kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","use":"sig"})");
  EXPECT_EQ(base64url_encode(key->sign(published_signatures()[2].message)),
            published_signatures()[2].signature);
  EXPECT_EQ(key->save().reveal(), der);
}

TEST(SigningKey, ComesBackFromTheStoreTheSame) {
  for (const Algorithm algorithm : {Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256}) {
    const SigningKey& key = test_key(algorithm);
    const auto loaded = SigningKey::load(key.save());
    ASSERT_TRUE(loaded) << to_string(algorithm) << loaded.error().message;
    EXPECT_EQ(loaded->kid(), key.kid());
    EXPECT_TRUE(key.verify_key().verify("m", loaded->sign("m")));
    EXPECT_TRUE(VerifyKey::from_jwk(key.verify_key().jwk())->verify("m", key.sign("m")));
    EXPECT_EQ(VerifyKey::from_jwk(key.verify_key().jwk())->kid(), key.kid());
    EXPECT_EQ(VerifyKey::from_jwk(key.verify_key().jwk())->algorithm(), algorithm);
  }
}

TEST(SigningKey, IsNotLoadedFromAnythingElse) {
  const std::string der = test_key(Algorithm::Es256).save().reveal();
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(SigningKey::load(Secret(der.substr(0, size)))) << size;
  }
  EXPECT_FALSE(SigningKey::load(Secret(der + '\0')));
  const auto other_kind = SigningKey::load(Secret(  // X25519 (RFC 8410): no key to sign with
      hex_decode("302e020100300506032b656e04220420").value() + std::string(32, 'k')));
  ASSERT_FALSE(other_kind);
  EXPECT_EQ(other_kind.error().kind, ErrorKind::Corrupt);
}

TEST(VerifyKey, IsNotMadeOfAWrongJwk) {
  const std::string jwk(kRfc7515Ec);
  const auto with = [](std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    return text.replace(at, from.size(), to);
  };
  const std::vector<std::pair<const char*, std::string>> rows = {
      {"empty", ""},
      {"symmetric", R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ"})"},
      {"off the curve", with(jwk, "x_FEzRu9", "x_FEzRu8")},
      {"another curve", with(jwk, "P-256", "P-521")},
      {"short coordinate", with(jwk, "f83OJ3D2", "f83O")},
      {"padded", with(jwk, "VEU\"", "VEU=\"")},
      {"twice x", with(jwk, R"("kty")", R"("x":"a","kty")")},
      {"no number", R"({"kty":"EC","crv":"P-256","x":1,"y":2})"},
      {"small RSA", R"({"kty":"RSA","e":"AQAB","n":"AQAB"})"},
      {"RSA exponent 3", with(std::string(kRfc7515Rsa), "AQAB", "Aw")},
      {"Ed448", R"({"kty":"OKP","crv":"Ed448","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"},
      {"short Ed25519", R"({"kty":"OKP","crv":"Ed25519","x":"11qY"})"},
      {"array", "[" + jwk + "]"},
      {"too long", with(jwk, "{", "{" + std::string(9000, ' '))}};
  for (const auto& [what, text] : rows) EXPECT_FALSE(VerifyKey::from_jwk(text)) << what;
}

/// Adds the order of Ed25519's group to a little-endian S (RFC 8032 5.1.7: S must be below it).
std::string with_s_plus_order(std::string signature) {
  const std::string order =
      hex_decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").value();
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    const unsigned sum = static_cast<unsigned char>(signature[32 + i]) +
                         static_cast<unsigned>(static_cast<unsigned char>(order[i])) + carry;
    signature[32 + i] = static_cast<char>(sum & 0xffU);
    carry = sum >> 8U;
  }
  return signature;
}

TEST(Attack07, AnEd25519SignatureHasOneSpelling) {
  const SigningKey& key = test_key(Algorithm::EdDsa);
  const std::string signature = key.sign("m");
  EXPECT_TRUE(key.verify_key().verify("m", signature));
  EXPECT_FALSE(key.verify_key().verify("m", with_s_plus_order(signature)));
  EXPECT_FALSE(key.verify_key().verify("m", signature.substr(0, 63)));
  EXPECT_FALSE(key.verify_key().verify("m", signature + '\0'));
  EXPECT_FALSE(key.verify_key().verify("m", ""));
}

TEST(Attack07, AnEcdsaSignatureIsTwoScalarsWithinTheirRange) {
  const SigningKey& key = test_key(Algorithm::Es256);
  const std::string raw = key.sign("m");
  ASSERT_EQ(raw.size(), 64U);
  const std::string zero(32, '\0');
  const std::string order =
      hex_decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();
  const std::string der =
      hex_decode("30450220").value() + raw.substr(0, 32) + hex_decode("022100").value() + raw.substr(32);
  const std::vector<std::pair<const char*, std::string>> rows = {
      {"r and s zero", zero + zero},
      {"r zero", zero + raw.substr(32)},
      {"s zero", raw.substr(0, 32) + zero},
      {"r the order", order + raw.substr(32)},
      {"s the order", raw.substr(0, 32) + order},
      {"DER", der},
      {"one byte short", raw.substr(0, 63)},
      {"one byte more", raw + "x"},
      {"swapped", raw.substr(32) + raw.substr(0, 32)},
      {"empty", ""}};
  EXPECT_TRUE(key.verify_key().verify("m", raw));
  for (const auto& [what, signature] : rows) EXPECT_FALSE(key.verify_key().verify("m", signature)) << what;
}

/// n - s, big-endian: the other s that verifies.
std::string with_other_s(std::string raw) {
  const std::string order =
      hex_decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();
  int borrow = 0;
  for (std::size_t i = 32; i-- > 0;) {
    const int digit = static_cast<unsigned char>(order[i]) - static_cast<unsigned char>(raw[32 + i]) - borrow;
    borrow = digit < 0 ? 1 : 0;
    raw[32 + i] = static_cast<char>(digit + borrow * 256);
  }
  return raw;
}

TEST(Attack07, ATokenWithTheHigherSIsRefusedThoughTheSignatureIsValid) {
  const SigningKey& key = test_key(Algorithm::Es256);
  for (int i = 0; i < 32; ++i) {
    const std::string token = sign_jws(key, "at+jwt", std::to_string(i));
    const std::string signed_part = token.substr(0, token.rfind('.'));
    const std::string raw = base64url_decode(token.substr(token.rfind('.') + 1)).value();
    const std::string other = with_other_s(raw);
    EXPECT_TRUE(key.verify_key().verify(signed_part, other));
    EXPECT_TRUE(Jws::parse(token)->payload(key.verify_key()));
    const auto refused = Jws::parse(signed_part + "." + base64url_encode(other))->payload(key.verify_key());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), TokenFault::Signature);
  }
}

}  // namespace
}  // namespace picket::authd
