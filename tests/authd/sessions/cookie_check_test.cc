#include "tests/authd/sessions/session_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class ByCookie : public OnReplicas {
 protected:
  std::string cookie_on(Replica& on, const User& user) {
    return opened(on, user, SessionMode::Cookie).cookie.reveal();
  }
  Session stored(const std::string& cookie) {
    return stores_->sessions().find_by_family(cookie_family(cookie).value())->value();
  }
};

TEST_P(ByCookie, SaysWhoItIs) {
  const auto here = replica();
  const std::string cookie = cookie_on(*here, created("alice", Role::Admin));
  const auto identity = here->check.by_cookie(cookie);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->user_id, "id-alice");
  EXPECT_EQ(identity->username, "alice");
  EXPECT_EQ(identity->role, Role::Admin);
  EXPECT_EQ(identity->session_id, stored(cookie).id);
  EXPECT_EQ(identity->scopes, std::vector<std::string>{"*"});
  EXPECT_EQ(identity->via, Via::Cookie);
  EXPECT_EQ(identity->expires_at, now() + 30min);
}

TEST_P(ByCookie, IsRefusedAlikeWhateverIsWrong) {
  const auto here = replica();
  const std::string cookie = cookie_on(*here, created("alice"));
  std::string forged = cookie;
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  const Grant tokens = opened(*here, created("bob"));
  for (const std::string& wrong :
       {std::string(), std::string("psc_"), "psc_" + std::string(64, 'A'), forged, cookie + "A",
        tokens.refresh_token.reveal(), tokens.access_token.reveal()}) {
    const auto identity = here->check.by_cookie(wrong);
    ASSERT_FALSE(identity) << wrong;
    EXPECT_EQ(identity.error().kind, ErrorKind::Denied) << wrong;
    EXPECT_EQ(identity.error().message, "not believed") << wrong;
  }
}

// The server's own thread asks so, and hands on what it gets no answer to.
TEST_P(ByCookie, IsSeenOnlyWhileTheStoreNeedNotBeAskedOrTold) {
  const auto here = replica();
  const std::string cookie = cookie_on(*here, created("alice"));
  EXPECT_FALSE(here->check.by_seen_cookie(cookie)) << "never read";
  EXPECT_EQ(word(here->check.by_cookie(cookie)), "believed");
  for (const std::string table : {"users", "sessions"}) hide(table);
  EXPECT_EQ(word(here->check.by_seen_cookie(cookie).value()), "believed");
  EXPECT_EQ(word(here->check.by_seen_cookie("psc_").value()), "denied");
  EXPECT_EQ(word(here->check.by_seen_cookie(cookie + "A").value_or(fail(ErrorKind::Denied, ""))), "denied");
  for (const std::string table : {"users", "sessions"}) show(table);
  advance(5s, {here.get()});
  EXPECT_EQ(word(here->check.by_seen_cookie(cookie).value()), "believed");
  ASSERT_TRUE(here->check.flush_all());
  EXPECT_EQ(stored(cookie).last_seen_at, now()) << "it was a use";
  advance(1ms, {here.get()});
  EXPECT_FALSE(here->check.by_seen_cookie(cookie)) << "read too long ago";
  EXPECT_EQ(word(here->check.by_cookie(cookie)), "believed");
  here->ended.note_session(stored(cookie).id);
  EXPECT_EQ(word(here->check.by_seen_cookie(cookie).value()), "denied");
}

TEST_P(ByCookie, IsNotSeenWhenItsUseMustBeWritten) {
  const auto here = replica();
  const std::string cookie = cookie_on(*here, created("alice"));
  advance(29min - 1s, {here.get()});
  EXPECT_EQ(word(here->check.by_cookie(cookie)), "believed");
  EXPECT_EQ(word(here->check.by_seen_cookie(cookie).value()), "believed");
  advance(1s, {here.get()});
  EXPECT_FALSE(here->check.by_seen_cookie(cookie));
  EXPECT_EQ(word(here->check.by_cookie(cookie)), "believed");
  EXPECT_EQ(word(here->check.by_seen_cookie(cookie).value()), "believed") << "written";
}

// Line 30 of the checklist: at 30 minutes it is over, across a restart as well.
TEST_P(ByCookie, EndsWhenItWasNotUsedForTooLong) {
  const User alice = created("alice");
  for (const bool restarted : {false, true}) {
    auto here = replica();
    const std::string cookie = cookie_on(*here, alice);
    EXPECT_EQ(word(here->check.by_cookie(cookie)), "believed");
    advance(30min - 1ms, {here.get()});
    EXPECT_EQ(word(here->check.by_cookie(cookie)), "believed") << "and used: it begins again";
    ASSERT_TRUE(here->check.flush_all());
    if (restarted) here = replica();
    advance(30min, {here.get()});
    EXPECT_EQ(word(here->check.by_cookie(cookie)), "denied") << restarted;
    advance(1s, {here.get()});
    EXPECT_EQ(word(here->check.by_cookie(cookie)), "denied") << "and that was no use of it";
  }
}

TEST_P(ByCookie, EndsAtItsCapHoweverBusyItIs) {
  const auto here = replica(token_config(), {.absolute_by_role = {{"user", 2h}}});
  const std::string cookie = cookie_on(*here, created("alice"));
  for (int minute = 10; minute < 120; minute += 10) {
    advance(10min, {here.get()});
    ASSERT_EQ(word(here->check.by_cookie(cookie)), "believed") << minute;
    ASSERT_TRUE(here->check.flush_touches());
  }
  EXPECT_EQ(here->check.by_cookie(cookie)->expires_at, now() + 10min);
  advance(10min, {here.get()});
  EXPECT_EQ(word(here->check.by_cookie(cookie)), "denied");
}

TEST_P(ByCookie, IsWrittenToTheStoreOnceAMinute) {
  const auto here = replica();
  const std::string cookie = cookie_on(*here, created("alice"));
  const WallTime start = now();
  for (int second = 1; second <= 59; ++second) {
    advance(1s, {here.get()});
    ASSERT_EQ(word(here->check.by_cookie(cookie)), "believed");
    ASSERT_TRUE(here->check.flush_touches());
  }
  EXPECT_EQ(stored(cookie).last_seen_at, start + 1s);
  advance(2s, {here.get()});
  ASSERT_TRUE(here->check.flush_touches());
  EXPECT_EQ(stored(cookie).last_seen_at, start + 59s) << "when it was used, not when it was written";
  EXPECT_EQ(stored(cookie).idle_expires_at, start + 59s + 30min);
  advance(1s, {here.get()});
  ASSERT_EQ(word(here->check.by_cookie(cookie)), "believed");
  ASSERT_TRUE(here->check.flush_all());
  EXPECT_EQ(stored(cookie).last_seen_at, now()) << "at stop, at once";
}

TEST_P(ByCookie, ThatIsUsedElsewhereIsNotIdleHere) {
  const auto here = replica();
  const auto there = replica();
  const std::string cookie = cookie_on(*here, created("alice"));
  EXPECT_EQ(word(there->check.by_cookie(cookie)), "believed");
  ASSERT_TRUE(there->check.flush_all());
  advance(29min + 30s, {here.get(), there.get()});
  EXPECT_EQ(word(here->check.by_cookie(cookie)), "believed") << "half a minute before its end";
  advance(29min, {here.get(), there.get()});
  EXPECT_EQ(word(there->check.by_cookie(cookie)), "believed") << "was written at once, its end being near";
  advance(29min, {here.get(), there.get()});
  EXPECT_EQ(word(there->check.by_cookie(cookie)), "believed");
  ASSERT_TRUE(there->check.flush_touches());
  advance(20min, {here.get(), there.get()});
  EXPECT_EQ(word(here->check.by_cookie(cookie)), "believed") << "78 minutes after it was last used here";
}

TEST_P(ByCookie, AsksTheStoreOnceMoreBeforeItIsCalledIdle) {
  const auto here = replica(token_config(), {.idle = 4s});
  const auto there = replica(token_config(), {.idle = 4s});
  const std::string cookie = cookie_on(*here, created("alice"));
  EXPECT_EQ(word(here->check.by_cookie(cookie)), "believed");
  advance(3s, {here.get(), there.get()});
  EXPECT_EQ(word(there->check.by_cookie(cookie)), "believed");
  advance(1500ms, {here.get(), there.get()});
  EXPECT_EQ(word(here->check.by_cookie(cookie)), "believed")
      << "what is remembered here ended half a second ago";
}

TEST_P(ByCookie, IsReadAgainAfterFiveSecondsAndNotBefore) {
  const auto here = replica();
  const std::string cookie = cookie_on(*here, created("alice"));
  EXPECT_EQ(here->check.by_cookie(cookie)->username, "alice");
  run("UPDATE users SET username = 'alicia'");
  advance(5s, {here.get()});
  EXPECT_EQ(here->check.by_cookie(cookie)->username, "alice");
  advance(1ms, {here.get()});
  EXPECT_EQ(here->check.by_cookie(cookie)->username, "alicia");
}

TEST_P(ByCookie, EndsWithItsSessionAndItsAccount) {
  const auto here = replica();
  const auto there = replica();
  struct Row {
    std::string name;
    std::function<void(const Session&)> end;
  };
  const auto change = [&](const std::string& id, const std::function<void(User&)>& how) {
    User user = stores_->accounts().find(id)->value();
    how(user);
    ASSERT_TRUE(stores_->accounts().update(user));
  };
  const std::vector<Row> rows{
      {"logout", [&](const Session& s) { ASSERT_TRUE(here->sessions.end(s.id, "logout")); }},
      {"everywhere", [&](const Session& s) { ASSERT_TRUE(stores_->accounts().end_grants(s.user_id)); }},
      {"demoted", [&](const Session& s) { change(s.user_id, [](User& u) { u.role = Role::Guest; }); }},
      {"suspended",
       [&](const Session& s) { change(s.user_id, [](User& u) { u.status = Status::Suspended; }); }},
      {"deleted", [&](const Session& s) { ASSERT_TRUE(stores_->accounts().remove(s.user_id)); }},
  };
  for (const Row& row : rows) {
    const std::string cookie = cookie_on(*here, created(row.name));
    const Session session = stored(cookie);
    for (Replica* const on : {here.get(), there.get()}) {
      EXPECT_EQ(word(on->check.by_cookie(cookie)), "believed") << row.name;
    }
    row.end(session);
    advance(250ms, {here.get(), there.get()});
    for (Replica* const on : {here.get(), there.get()}) {
      EXPECT_EQ(word(on->check.by_cookie(cookie)), "denied") << row.name;
    }
    advance(10s, {here.get(), there.get()});
    EXPECT_EQ(word(there->check.by_cookie(cookie)), "denied") << row.name << ", read again";
    EXPECT_EQ(word(replica()->check.by_cookie(cookie)), "denied") << row.name << ", after a restart";
  }
}

TEST_P(ByCookie, IsUnavailableWhileTheStoreIs) {
  const auto here = replica();
  const std::string cookie = cookie_on(*here, created("alice"));
  EXPECT_EQ(word(here->check.by_cookie(cookie)), "believed");
  hide("sessions");
  advance(5s, {here.get()});
  EXPECT_EQ(word(here->check.by_cookie(cookie)), "believed") << "is remembered";
  EXPECT_FALSE(here->check.flush_touches());
  advance(1s, {here.get()});
  EXPECT_EQ(word(here->check.by_cookie(cookie)), "unavailable");
  show("sessions");
  ASSERT_TRUE(here->check.flush_touches()) << "what could not be written was kept";
  EXPECT_EQ(stored(cookie).last_seen_at, now() - 1s);
  clock_.advance(3s);
  EXPECT_EQ(word(here->check.by_cookie(cookie)), "unavailable") << "nobody knows what was revoked";
}

INSTANTIATE_TEST_SUITE_P(Engines, ByCookie, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
