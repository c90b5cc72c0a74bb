#include "authd/tokens/access_token.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "authd/tokens/jws.h"
#include "tests/authd/tokens/token_fixture.h"
#include "tests/support/process.h"

namespace picket::authd {
namespace {

/// Sample claims with one member replaced by any JSON, or left out.
std::string payload_with(std::string_view name, std::string_view value) {
  const std::vector<std::pair<std::string, std::string>> members = {{"iss", R"("https://auth.example.org")"},
                                                                    {"sub", R"("u-1")"},
                                                                    {"aud", R"("picket")"},
                                                                    {"client_id", R"("web")"},
                                                                    {"jti", R"("j-1")"},
                                                                    {"iat", "1767614400"},
                                                                    {"exp", "1767615300"}};
  std::string text;
  bool is_there = false;
  for (const auto& [key, old] : members) {
    const bool is_it = key == name;
    is_there = is_there || is_it;
    if (is_it && value.empty()) continue;
    text += fmt::format(R"({}"{}":{})", text.empty() ? "" : ",", key, is_it ? value : old);
  }
  if (!is_there) text += fmt::format(R"(,"{}":{})", name, value);
  return "{" + text + "}";
}

std::string judged_at(std::string_view payload, WallTime now) {
  const SigningKey& key = test_key(Algorithm::EdDsa);
  return fault_of(verify(crafted(key, header_of(key), payload), ring_of(key), sample_rules(), now));
}

TEST(AccessToken, GivesBackItsClaims) {
  for (const Algorithm algorithm : {Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256}) {
    const SigningKey& key = test_key(algorithm);
    const auto claims = verify(issue(key, sample_claims()), ring_of(key), sample_rules(), kNow);
    ASSERT_TRUE(claims) << to_string(claims.error());
    EXPECT_EQ(*claims, sample_claims());
  }
}

TEST(AccessToken, NeedsNoMoreThanRfc9068Asks) {
  AccessClaims claims = sample_claims();
  claims.audience = {"other", "picket"};
  claims.session_id = claims.role = claims.scope = claims.level = "";
  claims.methods.clear();
  claims.epoch = 0;
  const SigningKey& key = test_key(Algorithm::EdDsa);
  EXPECT_EQ(verify(issue(key, claims), ring_of(key), sample_rules(), kNow).value(), claims);
}

TEST(Attack05, TimesHoldWithinTheLeewayAndNotASecondMore) {
  struct Row {
    const char* what;
    std::string payload;
    int now;
    const char* expected;
  };
  const std::vector<Row> rows = {
      {"before exp", payload_with("nbf", "1767614400"), 899, "fine"},
      {"at exp", payload_with("nbf", "1767614400"), 900, "fine"},
      {"exp, inside of the leeway", payload_with("nbf", "1767614400"), 959, "fine"},
      {"exp, at the end of the leeway", payload_with("nbf", "1767614400"), 960, "expired"},
      {"nbf, inside of the leeway", payload_with("nbf", "1767614460"), 0, "fine"},
      {"nbf, outside", payload_with("nbf", "1767614461"), 0, "not_yet"},
      {"iat, inside of the leeway", payload_with("iat", "1767614460"), 0, "fine"},
      {"iat, outside", payload_with("iat", "1767614461"), 0, "not_yet"},
      {"iat far in the future", payload_with("iat", "9000000000"), 0, "not_yet"},
      {"exp far in the future", payload_with("exp", "9000000000"), 0, "fine"},
  };
  for (const Row& row : rows) EXPECT_EQ(judged_at(row.payload, at_second(row.now)), row.expected) << row.what;
}

TEST(Attack05, ATimeIsAWholeNumber) {
  for (const char* const name : {"exp", "iat", "nbf"}) {
    for (const char* const value :
         {R"("1767615300")", "1767615300.0", "1.7676153e9", "-1", "-0.0", "true", "null", "[]", "{}",
          "9000000001", "18446744073709551615", "18446744073709551616", "9223372036854775808"}) {
      EXPECT_EQ(judged_at(payload_with(name, value), kNow), "claims") << name << " " << value;
    }
    EXPECT_EQ(judged_at(payload_with(name, "1e400"), kNow), "malformed") << name;
    EXPECT_EQ(judged_at(payload_with(name, "NaN"), kNow), "malformed") << name;
  }
  EXPECT_EQ(judged_at(payload_with("exp", ""), kNow), "claims");
  EXPECT_EQ(judged_at(payload_with("iat", ""), kNow), "claims");
}

TEST(Attack05, ALeewayOverAMinuteIsAMinute) {
  const SigningKey& key = test_key(Algorithm::EdDsa);
  AccessRules rules = sample_rules();
  rules.leeway = std::chrono::hours(1);
  const std::string token = issue(key, sample_claims());
  EXPECT_EQ(fault_of(verify(token, ring_of(key), rules, at_second(959))), "fine");
  EXPECT_EQ(fault_of(verify(token, ring_of(key), rules, at_second(960))), "expired");
  rules.leeway = -std::chrono::hours(1);
  EXPECT_EQ(fault_of(verify(token, ring_of(key), rules, at_second(900))), "expired");
}

TEST(Attack06, ATokenForOthersOrOfAnotherKindIsRefused) {
  const SigningKey& key = test_key(Algorithm::EdDsa);
  const KeyRing ring = ring_of(key);
  AccessClaims claims = sample_claims();
  for (const char* const typ : {"JWT", "id+jwt", "rt+jwt", "AT+JWT", ""}) {
    EXPECT_EQ(fault_of(verify(issue(key, claims, typ), ring, sample_rules(), kNow)), "type") << typ;
  }
  claims.audience = {"elsewhere", "picket2", "Picket"};
  EXPECT_EQ(fault_of(verify(issue(key, claims), ring, sample_rules(), kNow)), "audience");
  claims = sample_claims();
  claims.issuer = "https://auth.example.org/";
  EXPECT_EQ(fault_of(verify(issue(key, claims), ring, sample_rules(), kNow)), "issuer");
}

TEST(Attack06, ARefreshTokenIsNoAccessToken) {
  const SigningKey& key = test_key(Algorithm::EdDsa);
  EXPECT_EQ(
      fault_of(verify("prt_" + base64url_encode(std::string(56, 'x')), ring_of(key), sample_rules(), kNow)),
      "malformed");
}

TEST(Attack08, ClaimsAreStrictJsonOfTheRightTypes) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"", "malformed"},
      {"{}", "claims"},
      {"[]", "malformed"},
      {payload_with("sub", R"("u-1","sub":"root")"), "malformed"},
      {payload_with("sub", R"("u-1","\u0073ub":"root")"), "malformed"},
      {payload_with("x", R"({"a":1,"a":2})"), "malformed"},
      {payload_with("x", R"([{"a":1},{"a":2}])"), "fine"},
      {payload_with("x", "1") + "x", "malformed"},
      {"\xEF\xBB\xBF" + payload_with("x", "1"), "malformed"},
      {payload_with("sub", "7"), "claims"},
      {payload_with("sub", R"("")"), "claims"},
      {payload_with("aud", "7"), "claims"},
      {payload_with("aud", "[]"), "claims"},
      {payload_with("aud", R"(["picket",7])"), "claims"},
      {payload_with("aud", ""), "claims"},
      {payload_with("jti", ""), "claims"},
      {payload_with("client_id", ""), "claims"},
      {payload_with("epoch", "-1"), "claims"},
      {payload_with("epoch", R"("7")"), "claims"},
      {payload_with("role", "[]"), "claims"},
      {payload_with("preferred_username", "7"), "claims"},
      {payload_with("amr", R"({"0":"otp"})"), "claims"},
      {payload_with("sid", "null"), "claims"}};
  for (const auto& [payload, expected] : rows) EXPECT_EQ(judged_at(payload, kNow), expected) << payload;
}

TEST(AccessToken, IsNotBelievedUnderAnotherKeyOfTheSameId) {
  const SigningKey& key = test_key(Algorithm::EdDsa);
  const SigningKey other = SigningKey::make(Algorithm::EdDsa).value();
  const std::string payload = payload_with("x", "1");
  EXPECT_EQ(fault_of(verify(crafted(other, header_of(key), payload), ring_of(key), sample_rules(), kNow)),
            "signature");
  EXPECT_EQ(fault_of(verify(crafted(other, header_of(other), payload), ring_of(key), sample_rules(), kNow)),
            "unknown_key");
}

TEST(AccessToken, EveryFaultHasANameOfItsOwn) {
  std::vector<std::string> names;
  names.reserve(std::size(kTokenFaults));
  for (const TokenFault fault : kTokenFaults) names.emplace_back(to_string(fault));
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

constexpr const char* kForeignVerifier = R"(
import json, sys, jwt
given = json.load(sys.stdin)
keys = {k.key_id: k for k in jwt.PyJWKSet.from_dict(given["jwks"]).keys}
for token in given["tokens"]:
    head = jwt.get_unverified_header(token)
    claims = jwt.decode(token, keys[head["kid"]].key, algorithms=[head["alg"]],
                        audience="picket", issuer="https://auth.example.org")
    print(head["alg"], head["typ"], claims["sub"], claims["epoch"], claims["amr"][1])
try:
    jwt.decode(given["tokens"][0][:-8] + "AAAAAAAA", keys[jwt.get_unverified_header(given["tokens"][0])["kid"]].key,
               algorithms=["EdDSA"], audience="picket")
except jwt.InvalidSignatureError:
    print("refused")
)";

TEST(AccessToken, IsVerifiedByPyJwtThroughTheJwks) {
  AccessClaims claims = sample_claims();
  const SystemClock clock;  // PyJWT looks at the real clock
  claims.issued_at = claims.not_before = clock.wall() - std::chrono::seconds(5);
  claims.expires_at = clock.wall() + std::chrono::minutes(15);
  std::vector<RingKey> keys;
  std::string tokens;
  for (const Algorithm algorithm : {Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256}) {
    const SigningKey& key = test_key(algorithm);
    keys.push_back({key, keys.empty() ? KeyState::Active : KeyState::Retired, kNow, kNow, kNow});
    tokens += fmt::format(R"({}"{}")", tokens.empty() ? "" : ",", issue(key, claims));
  }
  const std::string jwks = KeyRing::make(std::move(keys))->jwks();
  const auto done =
      test::run_to_end({.argv = {"/usr/bin/python3", "-c", kForeignVerifier},
                        .stdin_text = fmt::format(R"({{"jwks":{},"tokens":[{}]}})", jwks, tokens)});
  EXPECT_EQ(done.output, "EdDSA at+jwt u-1 7 otp\nES256 at+jwt u-1 7 otp\nRS256 at+jwt u-1 7 otp\nrefused\n")
      << done.errors << " (packages python3-jwt, python3-cryptography)";
}

}  // namespace
}  // namespace picket::authd
