#include "exporters/health/checks/check_state.h"

#include <gtest/gtest.h>

#include "exporters/health/checks/rollup.h"
#include "tests/health/service/fake_prober.h"
#include "tests/support/manual_scheduler.h"

namespace picket::health {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::failure;
using test::success;

// A script of results, one letter a probe 15 s apart: o(perational), d(egraded), x (down), and the states
// that follow, one letter each (u: still unknown).
struct Script {
  const char* what;
  StatePolicy policy;
  const char* results;
  const char* states;
};

State state_of(char letter) {
  switch (letter) {
    case 'o':
      return State::Operational;
    case 'd':
      return State::Degraded;
    case 'x':
      return State::Down;
    default:
      return State::Unknown;
  }
}

StatePolicy policy(unsigned failures, unsigned successes, unsigned changes = 0) {
  StatePolicy p;
  p.failures_before_down = failures;
  p.successes_before_up = successes;
  p.flapping.changes = changes;
  p.flapping.within = minutes(10);
  return p;
}

class CheckStateScript : public ::testing::TestWithParam<Script> {};

TEST_P(CheckStateScript, GoesThroughTheseStates) {
  const Script& script = GetParam();
  picket::test::ManualClock clock;
  CheckState state;
  std::string seen;
  for (const char* result = script.results; *result != '\0'; ++result) {
    take_verdict(script.policy, state, state_of(*result), Moment::of(clock));
    seen += "odxum"[index_of(state.state)];
    clock.advance(seconds(15));
  }
  EXPECT_EQ(seen, script.states);
}

const Script kScripts[] = {
    {"FollowsResultsUndamped", policy(1, 1), "ooxodo", "ooxodo"},
    {"UnknownUntilTheFirstResult", policy(1, 1), "x", "x"},
    {"NeedsThreeFailures", policy(3, 1), "oxxoxxxo", "ooooooxo"},
    {"StaysUnknownUntilSure", policy(3, 1), "xxxo", "uuxo"},
    {"NeedsTwoSuccessesToComeUp", policy(1, 2), "xoxooo", "xxxxoo"},
    {"ASlowSuccessCountsAsUp", policy(1, 2), "xdo", "xxo"},
    {"DegradedIsNotDamped", policy(3, 3), "odo", "odo"},
    {"BadStreakIsBrokenByDegraded", policy(2, 1), "oxdxx", "ooddx"},
    {"FlappingIsDegradedAtBest", policy(1, 1, 4), "oxoxoxo", "oxoxdxd"},
    {"FlappingOfDegraded", policy(1, 1, 4), "ododod", "ododdd"},
    {"FlappingStillGetsWorse", policy(1, 1, 3), "ododxo", "ododxd"},
    {"FlappingDoesNotHurryAFailure", policy(2, 1, 3), "ododxox", "ododddd"},
    {"HiddenFailuresAreNoChanges", policy(3, 1, 4), "oxoxoxoxxxo", "oooooooooxo"},
    {"HiddenSuccessesAreNoChanges", policy(1, 3, 4), "oxoxoxoxooo", "oxxxxxxxxxo"},
};
INSTANTIATE_TEST_SUITE_P(Table, CheckStateScript, ::testing::ValuesIn(kScripts),
                         [](const auto& row) { return std::string(row.param.what); });

TEST(CheckState, CalmsDownAfterFlapping) {
  picket::test::ManualClock clock;
  CheckState state;
  const StatePolicy p = policy(1, 1, 4);
  for (const char letter : std::string_view("oxoxo")) {
    take_verdict(p, state, state_of(letter), Moment::of(clock));
    clock.advance(seconds(15));
  }
  EXPECT_TRUE(state.flapping);
  EXPECT_EQ(state.state, State::Degraded);
  clock.advance(minutes(10));
  const auto change = take_verdict(p, state, State::Operational, Moment::of(clock));
  EXPECT_FALSE(state.flapping);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->from, State::Degraded);
  EXPECT_EQ(change->to, State::Operational);
}

TEST(CheckState, CalmsDownWithoutANewResult) {
  picket::test::ManualClock clock;
  CheckState state;
  const StatePolicy p = policy(1, 1, 4);
  for (const char letter : std::string_view("oxoxo")) {
    take_verdict(p, state, state_of(letter), Moment::of(clock));
    clock.advance(seconds(15));
  }
  EXPECT_FALSE(calm_down(p, state, Moment::of(clock)));
  clock.advance(minutes(10));
  const auto change = calm_down(p, state, Moment::of(clock));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->to, State::Operational);
  EXPECT_FALSE(state.flapping);
  EXPECT_FALSE(calm_down(p, state, Moment::of(clock)));
}

TEST(CheckState, TimeThatFlappingHoldsIsNoDowntime) {
  picket::test::ManualClock clock;
  CheckState state;
  Timeline timeline;
  state.counted_to = clock.mono();
  const StatePolicy p = policy(1, 1, 4);
  for (const char letter : std::string_view("oxoxooooooooooooooooo")) {
    count_time(state, timeline, Moment::of(clock));
    take_verdict(p, state, state_of(letter), Moment::of(clock));
    clock.advance(seconds(15));
  }
  count_time(state, timeline, Moment::of(clock));
  EXPECT_EQ(state.times[index_of(State::Down)], seconds(30));
  EXPECT_EQ(state.times[index_of(State::Degraded)], seconds(17 * 15));
  EXPECT_NEAR(*timeline.uptime(hours(1)), 1 - 30.0 / (21 * 15), 1e-9);
}

struct Judgement {
  const char* what;
  ProbeResult result;
  State expected;
};

TEST(CheckState, JudgesResultsByThresholds) {
  StatePolicy p;
  p.degraded_above = milliseconds(100);
  p.down_above = milliseconds(300);
  ProbeResult nearly_full = success();
  nearly_full.degraded = true;
  const Judgement table[] = {
      {"fast", success(milliseconds(100)), State::Operational},
      {"slow", success(milliseconds(101)), State::Degraded},
      {"at the edge", success(milliseconds(300)), State::Degraded},
      {"failed", failure(), State::Down},
      {"succeeded with a warning", nearly_full, State::Degraded},
  };
  for (const Judgement& row : table) {
    EXPECT_EQ(judge(p, row.result), row.expected) << row.what;
    EXPECT_FALSE(failed_by_time(p, row.result)) << row.what;
  }
}

TEST(CheckState, ASuccessThatIsTooSlowIsAFailure) {
  StatePolicy p;
  EXPECT_FALSE(failed_by_time(p, success(hours(1))));
  p.down_above = milliseconds(300);
  const auto failed = failed_by_time(p, success(milliseconds(412)));
  ASSERT_TRUE(failed);
  EXPECT_FALSE(failed->success);
  EXPECT_EQ(failed->reason, FailureReason::Timeout);
  EXPECT_EQ(failed->detail, "took 412 ms, down_above is 300ms");
  EXPECT_EQ(failed->duration, milliseconds(412));
}

TEST(CheckState, CountsTheTimeInEachState) {
  picket::test::ManualClock clock;
  CheckState state;
  Timeline timeline;
  state.counted_to = clock.mono();
  const auto pass = [&](Duration time) {
    clock.advance(time);
    count_time(state, timeline, Moment::of(clock));
  };
  pass(seconds(5));
  take_verdict({}, state, State::Operational, Moment::of(clock));
  pass(milliseconds(60'500));
  take_verdict({}, state, State::Down, Moment::of(clock));
  clock.step_wall(-hours(24));  // people and NTP move the wall clock; time in state is not concerned
  pass(seconds(30));
  EXPECT_EQ(state.times[index_of(State::Unknown)], seconds(5));
  EXPECT_EQ(state.times[index_of(State::Operational)], milliseconds(60'500));
  EXPECT_EQ(state.times[index_of(State::Down)], seconds(30));
  EXPECT_EQ(state.entered[index_of(State::Down)], 1U);
  EXPECT_NEAR(*timeline.uptime(hours(1)), 60.5 / 90.5, 1e-9);
}

TEST(CheckState, LeavesMaintenanceToUnknown) {
  const picket::test::ManualClock clock;
  CheckState state;
  const StatePolicy p = policy(2, 1);
  take_verdict(p, state, State::Operational, Moment::of(clock));
  EXPECT_FALSE(set_maintenance(state, false, Moment::of(clock)));
  EXPECT_EQ(set_maintenance(state, true, Moment::of(clock))->to, State::Maintenance);
  EXPECT_FALSE(set_maintenance(state, true, Moment::of(clock)));
  EXPECT_FALSE(take_verdict(p, state, State::Down, Moment::of(clock)));
  EXPECT_EQ(state.state, State::Maintenance);
  EXPECT_EQ(set_maintenance(state, false, Moment::of(clock))->to, State::Unknown);
  EXPECT_FALSE(take_verdict(p, state, State::Down, Moment::of(clock)));  // the streak began anew
}

TEST(Timeline, CountsOnlyKnownTime) {
  Timeline timeline;
  EXPECT_FALSE(timeline.uptime(hours(1)));
  timeline.add(State::Unknown, minutes(30));
  EXPECT_FALSE(timeline.uptime(hours(1)));
  timeline.add(State::Operational, minutes(15));
  timeline.add(State::Down, minutes(5));
  timeline.add(State::Maintenance, minutes(5));
  EXPECT_NEAR(*timeline.uptime(hours(1)), 20.0 / 25.0, 1e-9);
  EXPECT_NEAR(*timeline.uptime(minutes(10)), 0.5, 1e-9);
}

TEST(Timeline, StaysSmallHoweverOftenTheStateChanges) {
  Timeline timeline;
  timeline.add(State::Operational, hours(24 * 60));
  for (int i = 0; i < 100'000; ++i) timeline.add(i % 4 == 0 ? State::Down : State::Operational, seconds(15));
  EXPECT_LE(timeline.spans().size(), Timeline::kMaxSpans);
  const double flapping_days = 100'000.0 * 15 / 86400;
  EXPECT_NEAR(*timeline.uptime(hours(1)), 0.75, 0.02);
  EXPECT_NEAR(*timeline.uptime(hours(24)), 0.75, 0.02);
  EXPECT_NEAR(*timeline.uptime(hours(24 * 90)), 1 - 0.25 * flapping_days / (60 + flapping_days), 0.001);
}

TEST(Timeline, ForgetsWhatIsOlderThanItsRetention) {
  Timeline timeline;
  timeline.add(State::Down, hours(10));
  timeline.add(State::Operational, hours(5));
  timeline.forget_before(hours(6));
  EXPECT_NEAR(*timeline.uptime(hours(24)), 5.0 / 6.0, 1e-9);
  timeline.forget_before(hours(5));
  EXPECT_EQ(timeline.spans().size(), 1U);
  EXPECT_EQ(*timeline.uptime(hours(24)), 1.0);
  timeline.forget_before(hours(24));
  EXPECT_EQ(timeline.spans().size(), 1U);
}

TEST(Timeline, ReadsBackWhatItHeld) {
  Timeline timeline;
  timeline.add(State::Operational, minutes(10));
  timeline.add(State::Down, minutes(1));
  EXPECT_EQ(Timeline(timeline.spans()).uptime(hours(1)), timeline.uptime(hours(1)));
}

struct RollupRow {
  const char* what;
  std::vector<Rated> checks;
  State group;
  Overall overall;
};

TEST(Rollup, WeighsChecksByCriticality) {
  using enum Criticality;
  using enum State;
  const RollupRow table[] = {
      {"nothing", {}, Unknown, Overall::Healthy},
      {"all well", {{Critical, Operational}, {Minor, Operational}}, Operational, Overall::Healthy},
      {"critical down", {{Critical, Down}, {Important, Operational}}, Down, Overall::Down},
      {"critical slow", {{Critical, Degraded}}, Degraded, Overall::Degraded},
      {"critical not yet known", {{Critical, Unknown}}, Unknown, Overall::Degraded},
      {"important down beside critical",
       {{Critical, Operational}, {Important, Down}},
       Operational,
       Overall::Degraded},
      {"important down alone", {{Important, Down}}, Down, Overall::Degraded},
      {"minor down", {{Critical, Operational}, {Minor, Down}}, Operational, Overall::Healthy},
      {"maintenance", {{Critical, Maintenance}, {Critical, Operational}}, Maintenance, Overall::Healthy},
  };
  for (const RollupRow& row : table) {
    EXPECT_EQ(group_state(row.checks), row.group) << row.what;
    EXPECT_EQ(overall_state(row.checks), row.overall) << row.what;
  }
}

}  // namespace
}  // namespace picket::health
