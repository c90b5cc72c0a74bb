#include "tests/authd/sessions/session_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class ByAccessToken : public OnReplicas {
 protected:
  AccessClaims claims() const {
    AccessClaims claims = sample_claims();
    claims.issued_at = claims.not_before = now();
    claims.expires_at = now() + 15min;
    return claims;
  }
  static const SigningKey& key() { return test_key(Algorithm::EdDsa); }
};

TEST_P(ByAccessToken, SaysWhoItIsAndAsksNoStore) {
  const auto here = replica();
  for (const std::string table : {"users", "sessions", "api_keys"}) hide(table);
  for (const char* const when : {"first", "from the cache"}) {
    const auto identity = here->check.by_access_token(issue(key(), claims()));
    ASSERT_TRUE(identity) << when;
    EXPECT_EQ(identity->user_id, "u-1");
    EXPECT_EQ(identity->username, "Alice");
    EXPECT_EQ(identity->role, Role::Admin);
    EXPECT_EQ(identity->session_id, "s-1");
    EXPECT_EQ(identity->methods, (std::vector<std::string>{"pwd", "otp"}));
    EXPECT_EQ(identity->scopes, (std::vector<std::string>{"users:read", "users:write"}));
    EXPECT_EQ(identity->via, Via::AccessToken);
    EXPECT_EQ(identity->expires_at, now() + 15min);
  }
  EXPECT_EQ(here->check.token_cache().hits, 1U);
}

// The server's own thread asks so, and hands on what it gets no answer to.
TEST_P(ByAccessToken, IsSeenOnlyOnceItsSignatureWasVerified) {
  const auto here = replica();
  const std::string token = issue(key(), claims());
  EXPECT_FALSE(here->check.by_seen_token(token));
  EXPECT_EQ(word(here->check.by_access_token(token)), "believed");
  const auto seen = here->check.by_seen_token(token);
  ASSERT_TRUE(seen);
  ASSERT_TRUE(*seen);
  EXPECT_EQ((*seen)->user_id, "u-1");
  EXPECT_EQ(here->check.token_cache().hits, 1U);
  EXPECT_EQ(here->check.token_cache().misses, 1U) << "asked twice, missed once";
  EXPECT_EQ(word(here->check.by_seen_token(std::string(8193, 'a')).value()), "denied");
  here->ended.note_session("s-1");
  EXPECT_EQ(word(here->check.by_seen_token(token).value()), "denied");
  advance(15min, {here.get()});
  EXPECT_FALSE(here->check.by_seen_token(token)) << "it is over";
  clock_.advance(1min);
  EXPECT_EQ(here->check.by_seen_token(token).value().error().kind, ErrorKind::Unavailable)
      << "nobody polled: what was revoked is not known";
}

// Rows 1, 3, 5, 6 and 9 of the attacks, as they look from outside: all alike.
TEST_P(ByAccessToken, RefusesWhatIsNotItAndSaysNotWhy) {
  const auto here = replica();
  const auto with = [&](const std::function<void(AccessClaims&)>& change, std::string_view typ = "at+jwt") {
    AccessClaims changed = claims();
    change(changed);
    return issue(key(), changed, typ);
  };
  const auto same = [](AccessClaims&) {};
  const SigningKey stranger = SigningKey::make(Algorithm::EdDsa).value();
  struct Row {
    std::string_view name;
    std::string token;
  };
  for (const Row& row : std::vector<Row>{
           {"nothing", ""},
           {"nonsense", "a.b.c"},
           {"no algorithm", "eyJhbGciOiJub25lIn0.e30."},
           {"a refresh token", "prt_" + std::string(75, 'A')},
           {"of a key that is not ours", issue(stranger, claims())},
           {"another issuer", with([](AccessClaims& c) { c.issuer = "https://evil.example.org"; })},
           {"another audience", with([](AccessClaims& c) { c.audience = {"elsewhere"}; })},
           {"an identity header", with(same, "picket-id+jwt")},
           {"a plain JWT", with(same, "JWT")},
           {"expired", with([&](AccessClaims& c) { c.expires_at = now() - 1min; })},
           {"of a role that there is not", with([](AccessClaims& c) { c.role = "root"; })},
           {"of no role", with([](AccessClaims& c) { c.role = ""; })},
           {"8 KiB and one", std::string(8193, 'a')},
           {"a megabyte", std::string(1'000'000, '.')},
       }) {
    const auto identity = here->check.by_access_token(row.token);
    ASSERT_FALSE(identity) << row.name;
    EXPECT_EQ(identity.error().kind, ErrorKind::Denied) << row.name;
    EXPECT_EQ(identity.error().message, "not believed") << row.name;
  }
  EXPECT_EQ(here->check.count(Via::AccessToken, CheckResult::Denied), 14U);
}

// Line 31 of the checklist: a logout acts on this replica at once and on the other with its next poll.
TEST_P(ByAccessToken, EndsWithItsSessionOnEveryReplica) {
  const auto here = replica();
  const auto there = replica();
  const User alice = created("alice");
  const Grant one = opened(*here, alice);
  const Grant two = opened(*here, alice);
  for (Replica* const on : {here.get(), there.get()}) {
    EXPECT_EQ(word(on->check.by_access_token(one.access_token.reveal())), "believed");
  }
  ASSERT_TRUE(here->sessions.end(one.session.id, "logout"));
  EXPECT_EQ(word(here->check.by_access_token(one.access_token.reveal())), "denied");
  advance(250ms, {there.get()});
  EXPECT_EQ(word(there->check.by_access_token(one.access_token.reveal())), "denied");
  EXPECT_EQ(word(there->check.by_access_token(two.access_token.reveal())), "believed");
  User suspended = alice;
  suspended.status = Status::Suspended;
  ASSERT_TRUE(stores_->accounts().update(suspended));
  advance(250ms, {here.get(), there.get()});
  for (Replica* const on : {here.get(), there.get()}) {
    EXPECT_EQ(word(on->check.by_access_token(two.access_token.reveal())), "denied");
  }
}

TEST_P(ByAccessToken, IsDeniedToEverybodyWhileNobodyKnowsWhatEnded) {
  const auto here = replica();
  const std::string token = issue(key(), claims());
  EXPECT_EQ(word(here->check.by_access_token(token)), "believed");
  clock_.advance(2s + 1ms);
  EXPECT_EQ(word(here->check.by_access_token(token)), "unavailable");
  EXPECT_EQ(word(here->check.by_access_token("nonsense")), "unavailable");
  EXPECT_EQ(here->check.count(Via::AccessToken, CheckResult::Unavailable), 2U);
  ASSERT_TRUE(here->ended.poll());
  EXPECT_EQ(word(here->check.by_access_token(token)), "believed");
}

TEST_P(ByAccessToken, IsJudgedByTheNewRulesAfterAReload) {
  const auto here = replica();
  const std::string token = issue(key(), claims());
  EXPECT_EQ(word(here->check.by_access_token(token)), "believed");
  TokenConfig tokens = token_config();
  tokens.audience = "another";
  here->check.reload(tokens, {});
  EXPECT_EQ(word(here->check.by_access_token(token)), "denied") << "though it was in the cache";
}

INSTANTIATE_TEST_SUITE_P(Engines, ByAccessToken, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
