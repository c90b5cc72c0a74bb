#include "authd/sessions/sessions.h"

#include "tests/authd/sessions/session_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class LiveSessions : public OnReplicas {
 protected:
  AccessClaims claims_of(const Grant& grant, const Replica& on) const {
    const auto claims =
        verify(grant.access_token.reveal(), *on.keys.current(), sample_rules(), clock_.wall());
    EXPECT_TRUE(claims);
    return claims.value_or(AccessClaims{});
  }
  static std::string refreshed(Replica& on, const Secret& token, const Client& client = kFirefox) {
    return word(on.sessions.refresh(token.reveal(), client));
  }
  Session stored(const std::string& id) { return stores_->sessions().find(id)->value(); }
};

TEST_P(LiveSessions, GiveTokensThatSayWhoAndHow) {
  const auto here = replica();
  const User alice = created("alice", Role::Manager);
  const Grant grant = opened(*here, alice);
  EXPECT_EQ(grant.access_lifetime, 15min);
  EXPECT_TRUE(grant.refresh_token.reveal().starts_with("prt_"));
  EXPECT_TRUE(grant.cookie.empty() && grant.csrf.empty()) << "a token client gets no cookie";
  const AccessClaims claims = claims_of(grant, *here);
  EXPECT_EQ(claims.subject, alice.id);
  EXPECT_EQ(claims.username, "alice");
  EXPECT_EQ(claims.role, "manager");
  EXPECT_EQ(claims.epoch, alice.epoch);
  EXPECT_EQ(claims.session_id, grant.session.id);
  EXPECT_EQ(claims.methods, (std::vector<std::string>{"pwd", "otp"}));
  EXPECT_EQ(claims.level, "2");
  EXPECT_EQ(claims.scope, "*");
  const Session session = stored(grant.session.id);
  EXPECT_EQ(session.ip, "192.0.2.7");
  EXPECT_EQ(session.user_agent, "Firefox");
  EXPECT_EQ(session.idle_expires_at, session.absolute_expires_at) << "a program may sleep";
}

TEST_P(LiveSessions, GiveACookieThatIsInNoDatabase) {
  const auto here = replica();
  const Grant grant = opened(*here, created("alice"), SessionMode::Cookie);
  EXPECT_TRUE(grant.access_token.empty() && grant.refresh_token.empty()) << "a browser gets no token";
  const Session session = stored(grant.session.id);
  EXPECT_TRUE(cookie_matches(grant.cookie.reveal(), session));
  EXPECT_EQ(grant.csrf, csrf_token(session));
  EXPECT_EQ(session.idle_expires_at, now() + 30min);
  EXPECT_EQ(session.absolute_expires_at, now() + 7 * 24h);
}

TEST_P(LiveSessions, AreForActiveAccountsAlone) {
  const auto here = replica();
  User alice = created("alice");
  for (const Status status : {Status::Suspended, Status::Locked}) {
    alice.status = status;
    EXPECT_EQ(here->sessions.open({alice, {"pwd"}, SessionMode::Token, kFirefox}).error().kind,
              ErrorKind::Denied);
  }
  EXPECT_EQ(stores_->sessions().count_live(now()).value(), 0);
}

// Line 30 of the checklist: at the cap all is over, also for a process that began a moment ago.
TEST_P(LiveSessions, EndAtTheCapOfTheirRole) {
  struct Row {
    Role role;
    Duration cap;
  };
  for (const Row& row : {Row{Role::Owner, 12h}, Row{Role::Admin, 8h}, Row{Role::User, 7 * 24h}}) {
    const auto here = replica(token_config(), {.absolute_by_role = {{"owner", 12h}, {"admin", 8h}}});
    const Grant first = opened(*here, created(std::string(to_string(row.role)), row.role));
    clock_.advance(row.cap - 5min);
    const auto late = here->sessions.refresh(first.refresh_token.reveal(), kFirefox).value();
    ASSERT_TRUE(late.grant) << to_string(row.role);
    EXPECT_EQ(late.grant->access_lifetime, 5min) << "no token outlives its session";
    const auto restarted = replica();
    clock_.advance(5min - 1ms);
    EXPECT_TRUE(stored(first.session.id).is_live(now()));
    clock_.advance(1ms);
    EXPECT_EQ(refreshed(*here, late.grant->refresh_token), "expired");
    EXPECT_EQ(refreshed(*restarted, late.grant->refresh_token), "expired");
  }
}

TEST_P(LiveSessions, EndWithTheirRefreshTokensWhenThoseEndFirst) {
  TokenConfig tokens = token_config();
  tokens.refresh.lifetime = 1h;
  const auto here = replica(tokens);
  EXPECT_EQ(opened(*here, created("alice")).session.absolute_expires_at, now() + 1h);
}

TEST_P(LiveSessions, AreSoManyAndTheOldestGoes) {
  const auto here = replica(token_config(), {.live_max = 2});
  const User alice = created("alice");
  std::vector<Grant> grants;
  for (int i = 0; i < 3; ++i) {
    grants.push_back(opened(*here, alice));
    clock_.advance(1s);
  }
  EXPECT_EQ(stored(grants[0].session.id).revoke_reason, "too_many");
  EXPECT_TRUE(here->ended.is_over(alice.id, alice.epoch, grants[0].session.id));
  EXPECT_EQ(refreshed(*here, grants[0].refresh_token), "revoked");
  EXPECT_EQ(refreshed(*here, grants[1].refresh_token), "rotated");
  EXPECT_EQ(refreshed(*here, grants[2].refresh_token), "rotated");
}

TEST_P(LiveSessions, GoOnWithEachRefreshAsTheUserIsNow) {
  const auto here = replica();
  User alice = created("alice");
  Grant grant = opened(*here, alice);
  alice.username = alice.username_key = "alicia";
  ASSERT_TRUE(stores_->accounts().update(alice));
  for (int i = 0; i < 3; ++i) {
    clock_.advance(10min);
    auto answer = here->sessions.refresh(grant.refresh_token.reveal(), kFirefox).value();
    ASSERT_TRUE(answer.grant);
    EXPECT_EQ(answer.user_id, alice.id);
    EXPECT_EQ(answer.session_id, grant.session.id);
    EXPECT_EQ(claims_of(*answer.grant, *here).username, "alicia");
    EXPECT_NE(answer.grant->refresh_token, grant.refresh_token);
    EXPECT_EQ(stored(grant.session.id).last_seen_at, now());
    grant = std::move(*answer.grant);
  }
}

// Lines 32 and 36 of the checklist, row 49 of the attacks: whatever changes the rights ends the family.
TEST_P(LiveSessions, EndWithTheRightsThatTheyWereGranted) {
  struct Row {
    std::string name;
    std::function<void(User&)> change;
  };
  const std::vector<Row> rows{
      {"promoted", [](User& user) { user.role = Role::Admin; }},
      {"demoted", [](User& user) { user.role = Role::Guest; }},
      {"suspended", [](User& user) { user.status = Status::Suspended; }},
      {"locked", [](User& user) { user.status = Status::Locked; }},
      {"repassworded", [](User& user) { user.password_hash = "$another"; }},
  };
  const auto here = replica();
  for (const Row& row : rows) {
    User user = created(row.name);
    const Grant grant = opened(*here, user);
    row.change(user);
    ASSERT_TRUE(stores_->accounts().update(user)) << row.name;
    const auto answer = here->sessions.refresh(grant.refresh_token.reveal(), kFirefox);
    EXPECT_EQ(word(answer), "revoked") << row.name;
    EXPECT_FALSE(answer->grant) << row.name;
  }
  const Grant everywhere = opened(*here, created("everywhere"));
  ASSERT_TRUE(stores_->accounts().end_grants("id-everywhere"));
  EXPECT_EQ(refreshed(*here, everywhere.refresh_token), "revoked");
  const Grant gone = opened(*here, created("gone"));
  ASSERT_TRUE(stores_->accounts().remove("id-gone"));
  EXPECT_EQ(refreshed(*here, gone.refresh_token), "unknown");
}

// Row 21 and line 39 of the checklist.
TEST_P(LiveSessions, AreDeadAfterAReuseAndSoIsTheirAccessToken) {
  const auto here = replica();
  const User alice = created("alice");
  const Grant first = opened(*here, alice);
  const Grant second = *here->sessions.refresh(first.refresh_token.reveal(), kFirefox)->grant;
  const Grant third = *here->sessions.refresh(second.refresh_token.reveal(), kFirefox)->grant;
  EXPECT_EQ(word(here->check.by_access_token(third.access_token.reveal())), "believed");
  clock_.advance(1min);
  ASSERT_TRUE(here->ended.poll());
  const auto reuse = here->sessions.refresh(first.refresh_token.reveal(), kFirefox);
  EXPECT_EQ(word(reuse), "reuse");
  EXPECT_EQ(reuse->user_id, alice.id) << "the audit log wants to know";
  EXPECT_EQ(reuse->session_id, first.session.id);
  EXPECT_EQ(stored(first.session.id).revoke_reason, "reuse");
  EXPECT_EQ(word(here->check.by_access_token(third.access_token.reveal())), "denied");
  EXPECT_EQ(refreshed(*here, third.refresh_token), "revoked");
  EXPECT_EQ(refreshed(*here, first.refresh_token), "revoked") << "no second alarm";
}

TEST_P(LiveSessions, AreDeadWhenAnotherClientPresentsASpentToken) {
  const auto here = replica();
  const Grant first = opened(*here, created("alice"));
  ASSERT_EQ(refreshed(*here, first.refresh_token), "rotated");
  EXPECT_EQ(refreshed(*here, first.refresh_token, client_of("curl")), "reuse");
  const Grant of_device = opened(*here, created("bob"));
  ASSERT_EQ(refreshed(*here, of_device.refresh_token, client_of("Firefox 1", "d")), "rotated");
  EXPECT_EQ(refreshed(*here, of_device.refresh_token, client_of("Firefox 2", "d")), "grace_replay")
      << "a known device may update its browser";
}

// Row 22: all of it is in the store.
TEST_P(LiveSessions, AreJudgedTheSameAfterARestart) {
  const User alice = created("alice");
  auto here = replica();
  const Grant first = opened(*here, alice);
  const Grant second = *here->sessions.refresh(first.refresh_token.reveal(), kFirefox)->grant;
  here = replica();
  const auto again = here->sessions.refresh(first.refresh_token.reveal(), kFirefox);
  EXPECT_EQ(word(again), "grace_replay");
  EXPECT_EQ(again->grant->refresh_token, second.refresh_token);
  here = replica();
  ASSERT_EQ(refreshed(*here, second.refresh_token), "rotated");
  here = replica();
  clock_.step_wall(-1h);
  EXPECT_EQ(refreshed(*here, first.refresh_token), "reuse") << "the clock was set back";
  here = replica();
  EXPECT_EQ(refreshed(*here, second.refresh_token), "revoked");
  EXPECT_EQ(word(here->check.by_access_token(second.access_token.reveal())), "denied");
}

// Row 23: the answer was lost. What was granted once over the late is remembered, too.
TEST_P(LiveSessions, GiveALostAnswerAgainOnce) {
  auto here = replica();
  const Grant first = opened(*here, created("alice"));
  const auto lost = here->sessions.refresh(first.refresh_token.reveal(), kFirefox);
  clock_.advance(2s);
  const auto soon = here->sessions.refresh(first.refresh_token.reveal(), kFirefox);
  EXPECT_EQ(word(soon), "grace_replay");
  clock_.advance(5min);
  const auto late = here->sessions.refresh(first.refresh_token.reveal(), kFirefox);
  EXPECT_EQ(word(late), "grace_replay");
  EXPECT_EQ(late->grant->refresh_token, lost->grant->refresh_token);
  here = replica();
  EXPECT_EQ(refreshed(*here, first.refresh_token), "reuse");
}

// Line 41 of the checklist (RFC 7009): any token of the family ends it, and its access tokens.
TEST_P(LiveSessions, EndByAnyOfTheirRefreshTokens) {
  const auto here = replica();
  const User alice = created("alice");
  const Grant first = opened(*here, alice);
  const Grant second = *here->sessions.refresh(first.refresh_token.reveal(), kFirefox)->grant;
  const RefreshFamily stranger = make_refresh_family(random_, {}, now());
  for (const std::string& unknown : {std::string("nonsense"), refresh_token(stranger, 0).reveal(),
                                     first.refresh_token.reveal().substr(0, 60) + std::string(19, 'A')}) {
    EXPECT_FALSE(here->sessions.end_by_refresh(unknown, "revoked").value()) << unknown;
  }
  EXPECT_TRUE(stored(first.session.id).is_live(now()));
  EXPECT_TRUE(here->sessions.end_by_refresh(first.refresh_token.reveal(), "logout").value());
  EXPECT_EQ(stored(first.session.id).revoke_reason, "logout");
  EXPECT_EQ(refreshed(*here, second.refresh_token), "revoked");
  EXPECT_EQ(word(here->check.by_access_token(second.access_token.reveal())), "denied");
  EXPECT_TRUE(here->sessions.end_by_refresh(second.refresh_token.reveal(), "logout").value());
}

TEST_P(LiveSessions, EndOneByOneAndAllTogether) {
  const auto here = replica();
  const auto there = replica();
  const User alice = created("alice");
  const User bob = created("bob");
  std::vector<Grant> grants;
  grants.reserve(4);
  for (int i = 0; i < 4; ++i) grants.push_back(opened(*here, alice));
  const Grant other = opened(*here, bob);
  EXPECT_TRUE(here->sessions.end(grants[0].session.id, "admin").value());
  EXPECT_FALSE(here->sessions.end(grants[0].session.id, "admin").value());
  EXPECT_FALSE(here->sessions.end("none", "admin").value());
  EXPECT_EQ(here->sessions.end_all(alice.id, "password", grants[1].session.id).value(), 2);
  advance(250ms, {there.get()});
  const std::vector<std::string> expected{"denied", "believed", "denied", "denied"};
  for (std::size_t i = 0; i < grants.size(); ++i) {
    const std::string& token = grants[i].access_token.reveal();
    EXPECT_EQ(word(here->check.by_access_token(token)), expected[i]) << i;
    EXPECT_EQ(word(there->check.by_access_token(token)), expected[i]) << i << " on the other replica";
  }
  EXPECT_EQ(word(here->check.by_access_token(other.access_token.reveal())), "believed");
}

TEST_P(LiveSessions, TakeNewSettingsForWhatBeginsThen) {
  const auto here = replica();
  const User alice = created("alice");
  TokenConfig tokens = token_config();
  tokens.access_lifetime = 5min;
  here->sessions.reload(tokens, {.idle = 10min});
  EXPECT_EQ(opened(*here, alice).access_lifetime, 5min);
  EXPECT_EQ(opened(*here, alice, SessionMode::Cookie).session.idle_expires_at, now() + 10min);
}

TEST_P(LiveSessions, AreCountedAndSoAreTheirRefreshes) {
  const auto here = replica();
  EXPECT_FALSE(here->sessions.counts().active);
  const Grant grant = opened(*here, created("alice"));
  ASSERT_TRUE(here->sessions.count_active());
  EXPECT_EQ(here->sessions.counts().active, 1);
  refreshed(*here, grant.refresh_token);
  refreshed(*here, grant.refresh_token);
  refreshed(*here, Secret("prt_nonsense"));
  const std::array<std::uint64_t, kRefreshVerdicts.size()> expected{1, 1, 0, 0, 0, 1};
  EXPECT_EQ(here->sessions.counts().refreshes, expected);
}

TEST_P(LiveSessions, AreNotJudgedWhileTheStoreIsAway) {
  const auto here = replica();
  const Grant grant = opened(*here, created("alice"));
  for (const std::string table : {"sessions", "users"}) {
    hide(table);
    EXPECT_FALSE(here->sessions.refresh(grant.refresh_token.reveal(), kFirefox)) << table;
    show(table);
  }
  EXPECT_EQ(refreshed(*here, grant.refresh_token), "rotated") << "nothing was spent";
}

INSTANTIATE_TEST_SUITE_P(Engines, LiveSessions, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
