#include "tests/health/service/engine_fixture.h"

namespace picket::health {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::failure;
using test::success;

constexpr const char* kOne = "checks: [{name: a, interval: 15s, prober: {fake: {target: a}}}]";

TEST_F(EngineTest, ProbesAtOnceAndThenAtItsInterval) {
  probes_.answer("a", success());
  apply(kOne);
  engine_->start();
  EXPECT_EQ(state("a"), State::Unknown);
  scheduler_.advance(seconds(1));
  EXPECT_EQ(state("a"), State::Operational);
  EXPECT_EQ(probes_.started("a"), 1);
  scheduler_.advance(seconds(60));
  EXPECT_EQ(probes_.started("a"), 5);
  EXPECT_EQ(status("a").counters.probes, 5U);
  EXPECT_TRUE(events_.empty());
}

TEST_F(EngineTest, SpreadsTheFirstRunsOfManyChecks) {
  std::string text = "checks:\n";
  for (int i = 0; i < 1500; ++i) {
    text += fmt::format("- {{name: c{}, interval: 15s, prober: {{fake: {{target: c}}}}}}\n", i);
  }
  probes_.answer("c", success());
  apply(text);
  engine_->start();
  scheduler_.advance(seconds(3));
  EXPECT_NEAR(probes_.started("c"), 300, 10);
  scheduler_.advance(seconds(12));
  EXPECT_NEAR(probes_.started("c"), 1500, 10);
}

TEST_F(EngineTest, ManyChecksShareAWakeUpEveryFiveMilliseconds) {
  std::string text = "checks:\n";
  for (int i = 0; i < 1000; ++i) {
    text += fmt::format("- {{name: c{}, interval: 1s, prober: {{fake: {{target: c}}}}}}\n", i);
  }
  probes_.answer("c", success());
  apply(text);
  engine_->start();
  scheduler_.advance(milliseconds(100));
  const int before = probes_.started("c");
  int wake_ups = 0;
  for (int ms = 0; ms < 100; ++ms) {
    const int known = probes_.started("c");
    scheduler_.advance(milliseconds(1));
    if (probes_.started("c") > known) ++wake_ups;
  }
  EXPECT_EQ(wake_ups, 20);
  EXPECT_NEAR(probes_.started("c") - before, 100, 5);
}

TEST_F(EngineTest, NeverRunsACheckTwiceAtATime) {
  apply(kOne);
  engine_->start();
  scheduler_.advance(seconds(1));
  EXPECT_EQ(probes_.held(), 1U);
  scheduler_.advance(seconds(30));
  EXPECT_EQ(probes_.started("a"), 1);
  EXPECT_EQ(skipped("previous_running"), 2);
  probes_.release("a", success());
  scheduler_.advance(seconds(15));
  EXPECT_EQ(probes_.started("a"), 2);
}

TEST_F(EngineTest, CountsAProberThatDoesNotAnswerAsTimedOutOnce) {
  apply(kOne);
  engine_->start();
  scheduler_.advance(seconds(10));
  EXPECT_EQ(state("a"), State::Down);
  EXPECT_EQ(status("a").counters.failures[static_cast<std::size_t>(FailureReason::Timeout)], 1U);
  probes_.release("a", success());
  EXPECT_EQ(state("a"), State::Down);
  EXPECT_EQ(status("a").counters.probes, 1U);
}

TEST_F(EngineTest, BoundsHowManyProbesAreUnderWay) {
  std::string text = "concurrency: 2\nchecks:\n";
  for (int i = 0; i < 5; ++i)
    text += fmt::format("- {{name: c{}, interval: 15s, prober: {{fake: {{target: c}}}}}}\n", i);
  apply(text);
  engine_->start();
  scheduler_.advance(seconds(1));
  EXPECT_EQ(probes_.held(), 2U);
  scheduler_.advance(seconds(15));
  EXPECT_EQ(skipped("overload"), 3);
  probes_.release("c", success());
  scheduler_.advance(milliseconds(1));
  EXPECT_EQ(probes_.started("c"), 3);
  EXPECT_EQ(probes_.held(), 2U);
}

TEST_F(EngineTest, RecordsAnEventOfEveryChange) {
  probes_.answer("a", success());
  apply(kOne);
  engine_->start();
  scheduler_.advance(seconds(1));
  probes_.answer("a", failure(FailureReason::Connect, "connection refused"));
  scheduler_.advance(seconds(30));
  probes_.answer("a", success());
  scheduler_.advance(seconds(15));
  ASSERT_EQ(events_.size(), 2U);
  EXPECT_EQ(events_[0].check, "a");
  EXPECT_EQ(events_[0].from, State::Operational);
  EXPECT_EQ(events_[0].to, State::Down);
  EXPECT_EQ(events_[0].reason, "connect");
  EXPECT_EQ(events_[0].message, "connection refused");
  EXPECT_EQ(events_[1].to, State::Operational);
  EXPECT_EQ(events_[1].reason, "recovered");
}

TEST_F(EngineTest, CountsTimeInStatesExactly) {
  probes_.answer("a", success());
  apply(kOne);
  engine_->start();
  scheduler_.advance(seconds(100));
  EXPECT_EQ(time_in("a", State::Operational), seconds(100));
  probes_.answer("a", failure());
  scheduler_.advance(seconds(20));  // due at 105
  EXPECT_EQ(time_in("a", State::Operational), seconds(105));
  EXPECT_EQ(time_in("a", State::Down), seconds(15));
}

TEST_F(EngineTest, DoesNotProbeInMaintenance) {
  probes_.answer("a", success());
  // The manual clock starts at 12:00 UTC.
  apply(R"(
checks: [{name: a, interval: 15s, prober: {fake: {target: a}}}]
maintenance: [{name: m, windows: [{times: [{start_time: "12:01", end_time: "12:02"}]}]}]
)");
  engine_->start();
  scheduler_.advance(seconds(62));
  EXPECT_EQ(state("a"), State::Maintenance);
  const int before = probes_.started("a");
  scheduler_.advance(seconds(50));
  EXPECT_EQ(probes_.started("a"), before);
  EXPECT_GE(skipped("maintenance"), 3);
  scheduler_.advance(seconds(20));
  EXPECT_EQ(state("a"), State::Operational);
  EXPECT_NEAR(picket::seconds(time_in("a", State::Maintenance)), 60, 1);
  ASSERT_EQ(events_.size(), 3U);
  EXPECT_EQ(events_[0].reason, "maintenance");
  EXPECT_EQ(events_[1].reason, "maintenance_over");
  EXPECT_EQ(events_[2].to, State::Operational);
}

TEST_F(EngineTest, KeepsStateOfChecksThatStayOverAReload) {
  probes_.answer("a", success());
  probes_.answer("b", success());
  apply(kOne);
  engine_->start();
  scheduler_.advance(seconds(61));
  apply(R"(
checks:
- {name: b, interval: 15s, prober: {fake: {target: b}}}
- {name: a, interval: 5s, prober: {fake: {target: a}}}
)");
  EXPECT_EQ(state("a"), State::Operational);
  EXPECT_EQ(status("a").counters.probes, 5U);
  scheduler_.advance(seconds(60));
  EXPECT_EQ(state("b"), State::Operational);
  EXPECT_GE(status("a").counters.probes, 16U);
  apply("checks: []");
  EXPECT_TRUE(engine_->snapshot()->checks.empty());
  const int probed = probes_.started("a");
  scheduler_.advance(minutes(10));
  EXPECT_EQ(probes_.started("a"), probed);
  // Back again: what was known is still known, the time between is unknown.
  apply(kOne);
  EXPECT_EQ(time_in("a", State::Operational), seconds(121));
  EXPECT_EQ(time_in("a", State::Unknown), minutes(10));
}

TEST_F(EngineTest, IgnoresAResultOfTheConfigBeforeAReload) {
  apply(kOne);
  engine_->start();
  scheduler_.advance(seconds(1));
  apply(kOne);
  probes_.release("a", failure());
  EXPECT_EQ(state("a"), State::Unknown);
  EXPECT_EQ(status("a").counters.probes, 0U);
}

TEST_F(EngineTest, SurvivesAResultAfterItsEnd) {
  apply(kOne);
  engine_->start();
  scheduler_.advance(seconds(1));
  restart();
  probes_.release("a", success());
  EXPECT_TRUE(engine_->snapshot()->checks.empty());
}

TEST_F(EngineTest, ContinuesWhereAnEarlierProcessStopped) {
  probes_.answer("a", failure());
  apply(kOne);
  engine_->start();
  scheduler_.advance(minutes(2));
  const WallTime since = status("a").since;
  const auto saved = engine_->save(0, 100);
  ASSERT_EQ(saved.size(), 1U);
  restart();
  scheduler_.advance(minutes(5));
  apply(kOne);
  engine_->restore(saved);
  EXPECT_EQ(state("a"), State::Down);
  EXPECT_EQ(status("a").since, since);
  EXPECT_EQ(time_in("a", State::Down), minutes(2));
  EXPECT_EQ(time_in("a", State::Unknown), minutes(5));
  EXPECT_EQ(status("a").counters.probes, 9U);
  engine_->start();
  scheduler_.advance(seconds(30));
  EXPECT_EQ(time_in("a", State::Down), seconds(150));
  EXPECT_EQ(status("a").since, since);
  EXPECT_EQ(status("a").entered[index_of(State::Down)], 1U);
  EXPECT_EQ(events_.size(), 1U);
}

TEST_F(EngineTest, DoesNotTrustAStateFromLongAgo) {
  probes_.answer("a", success());
  apply(kOne);
  engine_->start();
  scheduler_.advance(minutes(2));
  const auto saved = engine_->save(0, 100);
  restart();
  scheduler_.advance(hours(3));
  apply(kOne);
  engine_->restore(saved);
  EXPECT_EQ(state("a"), State::Unknown);
  EXPECT_EQ(time_in("a", State::Unknown), hours(3));
  EXPECT_EQ(status("a").uptime[1], 1.0);
}

TEST_F(EngineTest, RestoresLateWithoutLosingWhatIsNew) {
  probes_.answer("a", success());
  apply(kOne);
  engine_->start();
  scheduler_.advance(minutes(2));
  const auto saved = engine_->save(0, 100);
  restart();
  apply(kOne);
  engine_->start();
  scheduler_.advance(minutes(1));
  engine_->restore(saved);
  EXPECT_EQ(time_in("a", State::Operational), minutes(3));
  EXPECT_EQ(status("a").counters.probes, 14U);
}

TEST_F(EngineTest, TimesDoNotFollowTheWallClock) {
  probes_.answer("a", success());
  apply(kOne);
  engine_->start();
  scheduler_.advance(seconds(60));
  scheduler_.manual_clock().step_wall(-hours(24));
  scheduler_.advance(seconds(60));
  EXPECT_EQ(time_in("a", State::Operational), seconds(120));
}

TEST_F(EngineTest, SharesSnapshotsBetweenSlowReaders) {
  apply(kOne);
  engine_->start();
  std::vector<std::shared_ptr<const Snapshot>> held;
  for (int i = 0; i < 50; ++i) {
    held.push_back(engine_->snapshot());
    scheduler_.advance(seconds(2));
  }
  std::sort(held.begin(), held.end());
  held.erase(std::unique(held.begin(), held.end()), held.end());
  EXPECT_LE(held.size(), 4U);
}

TEST(SavedCheck, ReadsBackWhatItWrote) {
  SavedCheck check;
  check.times = {seconds(1), minutes(2), hours(3), Duration(4), Duration(0)};
  check.entered = {1, 2, 3, 4, 5};
  check.counters.take(success(milliseconds(120)), true);
  check.counters.take(failure(FailureReason::Tls), false);
  check.spans = {{1000, 1000, 0}, {50, 40, 30}};
  SavedCheck read;
  ASSERT_TRUE(decode_times(encode_times(check), read));
  ASSERT_TRUE(decode_counters(encode_counters(check), read));
  EXPECT_EQ(read.times, check.times);
  EXPECT_EQ(read.entered, check.entered);
  EXPECT_EQ(encode_counters(read), encode_counters(check));
  EXPECT_EQ(*decode_spans(encode_spans(check.spans)), check.spans);
  EXPECT_TRUE(decode_spans("")->empty());
}

TEST(SavedCheck, RefusesDamagedText) {
  SavedCheck check;
  const std::string good = encode_counters(check);
  for (const std::string& bad : {std::string(), good + " 1", good.substr(0, good.size() - 2), "x" + good}) {
    EXPECT_FALSE(decode_counters(bad, check)) << bad;
  }
  EXPECT_FALSE(decode_times("9000000000000000000 0 0 0 0 0 0 0 0 0", check));
  for (const char* bad : {"1", "1 2 0", "1 1 2", "0 0 0", "-5 0 0", "1 1 x", "9000000000000000000 0 0"}) {
    EXPECT_FALSE(decode_spans(bad)) << bad;
  }
}

}  // namespace
}  // namespace picket::health
