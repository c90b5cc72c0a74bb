// Results as states, events and counters: flapping, lost probes, too slow.
#include "tests/health/service/engine_fixture.h"

namespace picket::health {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::failure;
using test::success;

constexpr const char* kFlapping =
    "checks: [{name: a, interval: 15s, flapping: {changes: 4, within: 5m}, prober: {fake: {target: a}}}]";

TEST_F(EngineTest, AServiceThatFlapsIsDegradedWhileItWorksAndThenOperational) {
  apply(kFlapping);
  probes_.answer("a", success());
  engine_->start();
  scheduler_.advance(seconds(1));
  for (int i = 0; i < 3; ++i) {
    probes_.answer("a", failure());
    scheduler_.advance(seconds(15));
    EXPECT_EQ(state("a"), State::Down) << i;
    probes_.answer("a", success());
    scheduler_.advance(seconds(15));
  }
  EXPECT_EQ(state("a"), State::Degraded);
  EXPECT_TRUE(status("a").flapping);
  EXPECT_EQ(events_.back().from, State::Down);
  EXPECT_EQ(events_.back().to, State::Degraded);
  EXPECT_EQ(events_.back().reason, "flapping");
  EXPECT_EQ(events_.back().message, "it works, but its state changed 4 times within 5m");
  scheduler_.advance(minutes(6));
  EXPECT_EQ(state("a"), State::Operational);
  EXPECT_FALSE(status("a").flapping);
  EXPECT_EQ(events_.back().reason, "recovered");
  EXPECT_EQ(time_in("a", State::Down), seconds(45));
}

TEST_F(EngineTest, AServiceThatReportsCalmsDownBetweenItsReports) {
  apply("heartbeats: [{name: backup, ttl: 6h}]");
  engine_->start();
  for (int i = 0; i < 4; ++i) {
    for (const State reported : {State::Down, State::Operational}) {
      ASSERT_TRUE(engine_->heartbeat("backup", {.state = reported, .message = ""}));
      scheduler_.advance(seconds(10));
    }
  }
  EXPECT_EQ(state("backup"), State::Degraded);
  scheduler_.advance(minutes(31));
  EXPECT_EQ(state("backup"), State::Operational);
}

TEST_F(EngineTest, LostProbesAndOneOutageAreNotFlapping) {
  apply(R"(
checks: [{name: a, interval: 1s, failures_before_down: 3, prober: {fake: {target: a}}}]
)");
  engine_->start();
  const std::string script = "ooxoooxoooxoooxoxxxxoo";
  for (const char letter : script) {
    probes_.answer("a", letter == 'o' ? success() : failure());
    scheduler_.advance(seconds(1));
  }
  EXPECT_EQ(state("a"), State::Operational);
  EXPECT_FALSE(status("a").flapping);
  EXPECT_EQ(events_.size(), 2U);
}

TEST_F(EngineTest, WhatIsTooSlowIsAFailureEverywhere) {
  apply(R"(
checks:
- {name: a, interval: 15s, degraded_above: 100ms, down_above: 300ms, failures_before_down: 2, prober: {fake: {target: a}}}
)");
  probes_.answer("a", success(milliseconds(400)));
  engine_->start();
  scheduler_.advance(seconds(1));
  EXPECT_EQ(state("a"), State::Unknown);
  scheduler_.advance(seconds(15));
  const CheckStatus& a = status("a");
  EXPECT_EQ(a.state, State::Down);
  EXPECT_FALSE(a.last->success);
  EXPECT_EQ(a.failures_in_row, 2U);
  EXPECT_EQ(a.counters.failures[static_cast<std::size_t>(FailureReason::Timeout)], 2U);
  EXPECT_EQ(a.counters.slow, 0U);
  EXPECT_FALSE(a.last_success);
  EXPECT_EQ(a.last_error->message, "took 400 ms, down_above is 300ms");
  ASSERT_EQ(events_.size(), 1U);
  EXPECT_EQ(events_[0].reason, "timeout");
  probes_.answer("a", success(milliseconds(200)));
  scheduler_.advance(seconds(15));
  EXPECT_EQ(state("a"), State::Degraded);
  EXPECT_EQ(status("a").counters.slow, 1U);
  ASSERT_EQ(events_.size(), 2U);
  EXPECT_EQ(events_[1].reason, "slow");
  EXPECT_EQ(events_[1].message, "took 200 ms, degraded_above is 100ms");
}

}  // namespace
}  // namespace picket::health
