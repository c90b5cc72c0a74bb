#include "authd/sessions/ended_grants.h"

#include "tests/authd/store/store_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class EndedGrantsHere : public OnStores {
 protected:
  std::unique_ptr<EndedGrants> memory() {
    return std::make_unique<EndedGrants>(stores_->accounts(), clock_, 16min, 2s);
  }
};

TEST_P(EndedGrantsHere, KnowWhatThisProcessEndedAtOnce) {
  const auto ended = memory();
  EXPECT_FALSE(ended->is_over("u", 1, "s"));
  ended->note_session("s");
  EXPECT_TRUE(ended->is_over("u", 1, "s"));
  EXPECT_FALSE(ended->is_over("u", 1, "t"));
  EXPECT_FALSE(ended->is_over("u", 1, "")) << "a token without a session";
  ended->note_epoch("u", 3);
  EXPECT_TRUE(ended->is_over("u", 2, "t"));
  EXPECT_FALSE(ended->is_over("u", 3, "t"));
  EXPECT_FALSE(ended->is_over("v", 2, "t"));
  ended->note_epoch("u", 2);
  EXPECT_TRUE(ended->is_over("u", 2, "t")) << "an older epoch changes nothing";
}

TEST_P(EndedGrantsHere, LearnFromTheStoreWhatOthersEnded) {
  created("alice");
  ASSERT_TRUE(stores_->sessions().create(session("s1", "id-alice")));
  ASSERT_TRUE(stores_->sessions().create(session("s2", "id-alice")));
  const auto one = memory();
  const auto two = memory();
  ASSERT_TRUE(one->poll());
  ASSERT_TRUE(stores_->sessions().revoke("s1", {"logout", now()}));
  ASSERT_TRUE(one->poll());
  EXPECT_TRUE(one->is_over("id-alice", 1, "s1"));
  EXPECT_FALSE(one->is_over("id-alice", 1, "s2"));
  ASSERT_TRUE(stores_->accounts().end_grants("id-alice"));
  ASSERT_TRUE(one->poll());
  ASSERT_TRUE(two->poll()) << "one that begins later learns it all";
  for (const auto* ended : {one.get(), two.get()}) {
    EXPECT_TRUE(ended->is_over("id-alice", 1, "s2"));
    EXPECT_FALSE(ended->is_over("id-alice", 2, "s3"));
    EXPECT_TRUE(ended->is_over("id-alice", 2, "s1"));
  }
}

TEST_P(EndedGrantsHere, AreFreshForAsLongAsTheStoreAnswers) {
  const auto ended = memory();
  EXPECT_FALSE(ended->is_fresh()) << "nothing is known yet";
  ASSERT_TRUE(ended->poll());
  EXPECT_TRUE(ended->is_fresh());
  clock_.step_wall(24h);
  EXPECT_TRUE(ended->is_fresh()) << "somebody set the clock";
  run("ALTER TABLE ended_grants RENAME TO away");
  EXPECT_FALSE(ended->poll());
  clock_.advance(2s);
  EXPECT_TRUE(ended->is_fresh());
  clock_.advance(1ms);
  EXPECT_FALSE(ended->is_fresh());
  run("ALTER TABLE away RENAME TO ended_grants");
  ASSERT_TRUE(ended->poll());
  EXPECT_TRUE(ended->is_fresh());
}

TEST_P(EndedGrantsHere, AreForgottenAfterTheLongestLifeOfAToken) {
  created("alice");
  const auto ended = memory();
  ASSERT_TRUE(stores_->accounts().end_grants("id-alice"));
  ended->note_session("s");
  ASSERT_TRUE(ended->poll());
  EXPECT_EQ(ended->size(), 2U);
  clock_.advance(10min);
  ended->note_session("s");  // once more: that makes it no younger
  ended->note_session("t");
  ended->note_epoch("id-alice", 5);
  clock_.advance(6min);
  ASSERT_TRUE(ended->poll());
  EXPECT_TRUE(ended->is_over("u", 1, "s")) << "16 minutes, and no less";
  clock_.advance(1ms);
  ASSERT_TRUE(ended->poll());
  EXPECT_FALSE(ended->is_over("u", 1, "s"));
  EXPECT_TRUE(ended->is_over("u", 1, "t"));
  EXPECT_TRUE(ended->is_over("id-alice", 4, "")) << "its later end stays";
  clock_.advance(10min);
  ASSERT_TRUE(ended->poll());
  EXPECT_EQ(ended->size(), 0U);
}

TEST_P(EndedGrantsHere, AreKeptForLongerWhenTokensLiveLongerAndNeverForLess) {
  const auto ended = memory();
  ended->note_session("s");
  ended->keep_for(1h);
  ended->keep_for(1min);
  clock_.advance(1h);
  ASSERT_TRUE(ended->poll());
  EXPECT_TRUE(ended->is_over("u", 1, "s"));
  clock_.advance(1ms);
  ASSERT_TRUE(ended->poll());
  EXPECT_EQ(ended->size(), 0U);
}

TEST_P(EndedGrantsHere, ArePrunedFromTheStoreWhenNobodyNeedsThem) {
  created("alice");
  ASSERT_TRUE(stores_->accounts().end_grants("id-alice"));
  const auto ended = memory();
  clock_.advance(1h + 16min);
  EXPECT_EQ(ended->prune().value(), 0);
  clock_.advance(1ms);
  EXPECT_EQ(ended->prune().value(), 1);
}

/// How often something that was noted is not over at a look, until all of them are noted.
int forgotten(EndedGrants& ended, const std::atomic<int>& noted, int all) {
  int missing = 0;
  for (int known = 0; known < all;) {
    known = noted;
    for (int i = 0; i < known; ++i) missing += ended.is_over("u", 1000, "s" + std::to_string(i)) ? 0 : 1;
    missing += known < 2 || ended.is_over("u", known - 2, "") ? 0 : 1;
  }
  return missing;
}

// What was over once is over at every later look, whatever else is noted, polled or forgotten meanwhile.
TEST_P(EndedGrantsHere, NeverComeBackWhileOthersPollAndNote) {
  constexpr int kSessions = 200;
  const auto ended = memory();
  std::atomic<int> noted = 0;
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    threads.emplace_back([&] {
      for (int i = 0; i < kSessions; ++i) {
        ended->note_session("s" + std::to_string(i));
        ended->note_epoch("u", i);
        noted = i + 1;
      }
    });
    threads.emplace_back([&] {
      while (noted < kSessions) {
        if (!ended->poll()) ++wrong;
      }
    });
    for (int reader = 0; reader < 4; ++reader)
      threads.emplace_back([&] { wrong += forgotten(*ended, noted, kSessions); });
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(ended->size(), kSessions + 1U);
}

INSTANTIATE_TEST_SUITE_P(Engines, EndedGrantsHere, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
