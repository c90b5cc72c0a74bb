#include "authd/forward_auth/identity_tokens.h"

#include <gtest/gtest.h>

#include "tests/authd/forward_auth/people_fixture.h"
#include "tests/authd/tokens/token_fixture.h"

namespace picket::authd {
namespace {

constexpr const char* kIssuer = "https://auth.example.org";
constexpr const char* kHost = "app.example.org";

struct Fixture {
  explicit Fixture(std::size_t cached_max = 100) : tokens({.cached_max = cached_max}, random) {}

  std::string token(const Identity& identity, WallTime now, std::string_view host = kHost) {
    return tokens.token_for(identity, {kIssuer, host}, test_key(Algorithm::EdDsa), now);
  }

  SystemRandom random;
  IdentityTokens tokens;
};

Identity alice() {
  Identity identity = person(Role::Admin);
  identity.expires_at = at_second(900);
  return identity;
}

Judged<AccessClaims> read(const std::string& token, WallTime now, std::string audience = kHost,
                          std::string_view typ = kIdentityTokenType) {
  return verify(token, ring_of(test_key(Algorithm::EdDsa)),
                {.issuer = kIssuer, .audience = std::move(audience), .leeway = {}, .typ = typ}, now);
}

TEST(IdentityTokens, SayWhoAsksToOneHostForAMinute) {
  Fixture fixture;
  const std::string token = fixture.token(alice(), kNow);
  const auto claims = read(token, at_second(59));
  ASSERT_TRUE(claims) << fault_of(claims);
  EXPECT_EQ(claims->subject, "id-of-alice");
  EXPECT_EQ(claims->role, "admin");
  EXPECT_EQ(claims->client_id, "cookie");
  EXPECT_EQ(claims->session_id, "s-1");
  EXPECT_EQ(claims->methods, (std::vector<std::string>{"pwd", "otp"}));
  EXPECT_EQ(claims->scope, "*");
  EXPECT_EQ(fault_of(read(token, at_second(60))), "expired");
  EXPECT_EQ(fault_of(read(token, kNow, "other.example.org")), "audience");
  EXPECT_EQ(fault_of(read(token, kNow, kHost, kAccessTokenType)), "type");
}

TEST(IdentityTokens, NameTheIdInPlaceOfDotsAndMarkup) {
  Fixture fixture;
  for (const char* name : {"..", "<script>", "a/../b"}) {
    Identity who = alice();
    who.username = name;
    EXPECT_EQ(name_for_apps(who), who.user_id) << name;
    EXPECT_EQ(read(fixture.token(who, kNow), kNow)->username, who.user_id) << name;
  }
  EXPECT_EQ(name_for_apps(alice()), "alice");
  EXPECT_EQ(read(fixture.token(alice(), kNow), kNow)->username, "alice");
}

TEST(IdentityTokens, AreKeptForHalfTheirLife) {
  Fixture fixture;
  const std::string first = fixture.token(alice(), kNow);
  EXPECT_EQ(fixture.token(alice(), at_second(29)), first);
  const std::string second = fixture.token(alice(), at_second(30));
  EXPECT_NE(second, first);
  EXPECT_TRUE(read(second, at_second(89)));
  EXPECT_EQ(fixture.tokens.cached(), 1U);
}

TEST(IdentityTokens, AreOthersAsSoonAsAnythingTheySayChanges) {
  Fixture fixture;
  const std::string first = fixture.token(alice(), kNow);
  std::vector<Identity> others(8, alice());
  others[0].role = Role::User;
  others[1].scopes = {"a:b"};
  others[2].methods = {"pwd"};
  others[3].session_id = "s-2";
  others[4].user_id = "id-of-bob";
  others[5].key_id = "k-2";
  others[6].via = Via::AccessToken;
  others[7].username = "alicia";
  for (const Identity& other : others) EXPECT_NE(fixture.token(other, kNow), first);
  EXPECT_NE(fixture.token(alice(), kNow, "other.example.org"), first);
  EXPECT_NE(fixture.tokens.token_for(alice(), {kIssuer, kHost}, test_key(Algorithm::Es256), kNow), first);
  EXPECT_NE(fixture.tokens.token_for(alice(), {"https://other.example.org", kHost},
                                     test_key(Algorithm::EdDsa), kNow),
            first);
  EXPECT_EQ(fixture.token(alice(), kNow), first);
}

TEST(IdentityTokens, EndWithTheIdentity) {
  Fixture fixture;
  Identity identity = alice();
  identity.expires_at = at_second(20);
  const std::string token = fixture.token(identity, kNow);
  EXPECT_TRUE(read(token, at_second(19)));
  EXPECT_EQ(fault_of(read(token, at_second(20))), "expired");
  EXPECT_NE(fixture.token(identity, at_second(10)), token);
  EXPECT_EQ(fixture.token(identity, at_second(20)), "");
  const Identity endless = api_key({"a:b"});
  EXPECT_TRUE(read(fixture.token(endless, kNow), at_second(59)));
}

TEST(IdentityTokens, AreBounded) {
  Fixture fixture(10);
  for (int i = 0; i < 100; ++i) {
    Identity identity = alice();
    identity.session_id = fmt::format("s-{}", i);
    fixture.token(identity, kNow);
    EXPECT_LE(fixture.tokens.cached(), 10U);
  }
}

}  // namespace
}  // namespace picket::authd
