// Rows 20 and 21 of the attack table, with real stores and 64 callers at once.
#include <set>

#include "tests/authd/sessions/session_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class SessionRace : public OnReplicas {
 protected:
  /// How often each verdict was given, and every token that was.
  struct Outcome {
    std::multiset<std::string> verdicts;
    std::set<std::string> successors;
    std::vector<Grant> grants;
  };

  /// 64 threads present one token, half of them to each of two replicas.
  Outcome presented(const std::vector<Replica*>& replicas, const Secret& token) {
    Mutex mutex;
    Outcome outcome;
    race([&](int number) {
      Replica& on = *replicas.at(static_cast<std::size_t>(number) % replicas.size());
      auto answer = on.sessions.refresh(token.reveal(), kFirefox);
      const MutexLock lock(mutex);
      outcome.verdicts.insert(word(answer));
      if (!answer || !answer->grant) return;
      outcome.successors.insert(answer->grant->refresh_token.reveal());
      outcome.grants.push_back(std::move(*answer->grant));
    });
    return outcome;
  }
};

TEST_P(SessionRace, SixtyFourRefreshesOfOneTokenRotateOnceAndGetTheSameSuccessor) {
  const auto one = replica();
  const auto two = replica();
  const Grant grant = opened(*one, created("alice"));
  const Outcome outcome = presented({one.get(), two.get()}, grant.refresh_token);
  EXPECT_EQ(outcome.verdicts.count("rotated"), 1U);
  EXPECT_EQ(outcome.verdicts.count("grace_replay"), kRacers - 1U);
  EXPECT_EQ(outcome.successors.size(), 1U) << "never two live children";
  for (const Grant& given : outcome.grants) {
    EXPECT_EQ(word(two->check.by_access_token(given.access_token.reveal())), "believed");
  }
  const Session stored = stores_->sessions().find(grant.session.id)->value();
  EXPECT_EQ(stored.refresh.active, 1);
  EXPECT_EQ(word(two->sessions.refresh(*outcome.successors.begin(), kFirefox)), "rotated");
}

TEST_P(SessionRace, SixtyFourReusesEndTheFamilyWithOneAlarm) {
  const auto one = replica();
  const auto two = replica();
  const Grant first = opened(*one, created("alice"));
  const Grant second = *one->sessions.refresh(first.refresh_token.reveal(), kFirefox)->grant;
  const Grant third = *two->sessions.refresh(second.refresh_token.reveal(), kFirefox)->grant;
  advance(11s, {one.get(), two.get()});
  const Outcome outcome = presented({one.get(), two.get()}, first.refresh_token);
  EXPECT_EQ(outcome.verdicts.count("reuse"), 1U);
  EXPECT_EQ(outcome.verdicts.count("revoked"), kRacers - 1U);
  EXPECT_TRUE(outcome.grants.empty());
  advance(250ms, {one.get(), two.get()});
  for (Replica* const on : {one.get(), two.get()}) {
    EXPECT_EQ(word(on->check.by_access_token(third.access_token.reveal())), "denied");
    EXPECT_EQ(word(on->sessions.refresh(third.refresh_token.reveal(), kFirefox)), "revoked");
  }
}

// Each of 64 spends what the one before was given, on another replica: a chain, and every link of it once.
TEST_P(SessionRace, ChainOfRefreshesOverTwoReplicasNeverForks) {
  const auto one = replica();
  const auto two = replica();
  Secret token = opened(*one, created("alice")).refresh_token;
  std::set<std::string> given{token.reveal()};
  for (int i = 0; i < 20; ++i) {
    const Outcome outcome = presented({one.get(), two.get()}, token);
    ASSERT_EQ(outcome.successors.size(), 1U) << i;
    ASSERT_EQ(outcome.verdicts.count("rotated"), 1U) << i;
    token = Secret(*outcome.successors.begin());
    ASSERT_TRUE(given.insert(token.reveal()).second) << i;
    clock_.advance(1min);
    ASSERT_TRUE(one->ended.poll() && two->ended.poll());
  }
}

TEST_P(SessionRace, LogoutWinsOverEveryRefresh) {
  const auto here = replica();
  const Grant grant = opened(*here, created("alice"));
  Mutex mutex;
  std::vector<std::string> tokens;
  race([&](int number) {
    if (number == 0) {
      EXPECT_TRUE(here->sessions.end(grant.session.id, "logout").value());
      return;
    }
    const auto answer = here->sessions.refresh(grant.refresh_token.reveal(), kFirefox);
    const MutexLock lock(mutex);
    if (answer && answer->grant) tokens.push_back(answer->grant->access_token.reveal());
  });
  for (const std::string& token : tokens) EXPECT_EQ(word(here->check.by_access_token(token)), "denied");
  EXPECT_EQ(word(here->sessions.refresh(grant.refresh_token.reveal(), kFirefox)), "revoked");
}

TEST_P(SessionRace, SixtyFourLoginsLeaveAsManySessionsAsMayLive) {
  const auto here = replica(token_config(), {.live_max = 5});
  const User alice = created("alice");
  std::atomic<int> opened = 0;
  race([&](int) {
    if (here->sessions.open({alice, {"pwd"}, SessionMode::Token, kFirefox})) ++opened;
  });
  EXPECT_GT(opened, 0);
  EXPECT_EQ(stores_->sessions().count_live(now()).value(), 5);
}

INSTANTIATE_TEST_SUITE_P(Engines, SessionRace, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
