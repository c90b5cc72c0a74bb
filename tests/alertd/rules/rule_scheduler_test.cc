#include "alertd/rules/rule_scheduler.h"

#include "tests/alertd/rules/rule_scheduler_fixture.h"

namespace picket::alertd {
namespace {

using test::kPatience;
using RuleSchedulerTest = test::RuleSchedulerTest;

TEST_F(RuleSchedulerTest, EvaluatesEveryIntervalAtTheGroupsOwnPhase) {
  engine_.answer("a");
  scheduler_.start(groups("{alert: A, expr: up, for: 2m}", "query_offset: 10s,"), {}, {});
  EXPECT_EQ(sink_.calls(), 0U);
  for (int i = 0; i < 4; ++i) tick();
  EXPECT_EQ(sink_.changes(), "pending:a, firing:a");
  const auto times = engine_.times();
  ASSERT_EQ(times.size(), 4U);
  EXPECT_EQ(times[1] - times[0], std::chrono::minutes(1));
  const auto status = scheduler_.status();
  ASSERT_EQ(status.size(), 1U);
  EXPECT_EQ(status[0].last_evaluation, times[3] + std::chrono::seconds(10));
  EXPECT_EQ(test::states_of(*status[0].states[0]), "a:firing");
}

TEST_F(RuleSchedulerTest, NeverOverlapsItselfAndCountsMissedTicks) {
  engine_.hold(true);
  scheduler_.start(groups("{alert: A, expr: up}"), {}, {});
  clock_.advance(std::chrono::minutes(1));
  ASSERT_TRUE(picket::test::wait_until(kPatience, [&] { return engine_.entered() == 1; }));
  clock_.advance(std::chrono::minutes(3));
  EXPECT_EQ(engine_.entered(), 1U);
  EXPECT_NE(metrics().find("alertd_rule_group_iterations_missed_total{rule_group=\"rules.yml;g\"} 3"),
            std::string::npos);
  engine_.hold(false);
  ASSERT_TRUE(picket::test::wait_until(kPatience, [&] { return sink_.calls() == 1 && idle(); }));
  tick();
  EXPECT_EQ(engine_.entered(), 2U);
}

TEST_F(RuleSchedulerTest, AFailingRuleDoesNotStopTheOthersAndResolvesNothing) {
  engine_.answer("a");
  scheduler_.start(groups("{alert: A, expr: broken, for: 0s}, {alert: B, expr: up, for: 0s}"), {}, {});
  tick();
  EXPECT_EQ(sink_.changes(), "firing:a");
  engine_.fail_all(true);
  tick();
  EXPECT_EQ(sink_.changes(), "firing:a");
  EXPECT_EQ(scheduler_.status()[0].states[1]->health, RuleHealth::Bad);
  EXPECT_NE(metrics().find("alertd_rule_evaluation_failures_total{rule_group=\"rules.yml;g\"} 3"),
            std::string::npos);
  EXPECT_NE(metrics().find("alertd_rules_firing{rule_group=\"rules.yml;g\"} 1"), std::string::npos);
}

TEST_F(RuleSchedulerTest, WhatTheSinkDoesNotTakeIsOfferedAgain) {
  engine_.answer("a");
  sink_.refuse(true);
  scheduler_.start(groups("{alert: A, expr: up, for: 1m}"), {}, {});
  tick();
  tick();
  EXPECT_EQ(sink_.sent(), 0U);
  // The timer has gone on all the while.
  EXPECT_EQ(test::states_of(*scheduler_.status()[0].states[0]), "a:firing");
  EXPECT_TRUE(scheduler_.status()[0].states[0]->alerts.begin()->second.dirty);
  sink_.refuse(false);
  tick();
  EXPECT_EQ(sink_.changes(), "firing:a pending:a");
  EXPECT_EQ(sink_.sent(), 1U);
  EXPECT_FALSE(scheduler_.status()[0].states[0]->alerts.begin()->second.dirty);
}

TEST_F(RuleSchedulerTest, AReloadKeepsStatesAndResolvesTheAlertsOfRemovedRules) {
  engine_.answer("a");
  scheduler_.start(
      groups("{alert: A, expr: up, for: 0s}, {alert: B, expr: up, for: 0s}, {alert: C, expr: up, for: 5m}"),
      {}, {});
  tick();
  EXPECT_EQ(sink_.changes(), "firing:a, firing:a, pending:a");
  scheduler_.reload(groups("{alert: C, expr: up == 0, for: 1m}, {alert: A, expr: up > 1, for: 0s}"), {});
  EXPECT_TRUE(picket::test::wait_until(kPatience, [&] { return idle(); }));
  EXPECT_EQ(sink_.changes(), "firing:a, firing:a, pending:a, gone resolved:a");
  tick();
  EXPECT_EQ(sink_.changes(), "firing:a, firing:a, pending:a, gone resolved:a, firing:a");
}

TEST_F(RuleSchedulerTest, ARenamedFileResolvesNothingAndFiresNothingAgain) {
  engine_.answer("a");
  scheduler_.start(groups("{alert: A, expr: up, for: 0s}, {alert: A, expr: up > 1, for: 3m}"), {}, {});
  tick();
  EXPECT_EQ(sink_.changes(), "firing:a, pending:a");
  const RealFiles files;
  const auto renamed = parse_rules(
      "groups: [{name: g, interval: 1m, rules: [{alert: A, expr: up > 1, for: 3m}, {alert: A, expr: up, for: "
      "0s}]}]",
      "other.yml", {}, files);
  scheduler_.reload(renamed->groups, {});
  for (int i = 0; i < 2; ++i) tick();
  EXPECT_EQ(sink_.changes(), "firing:a, pending:a");
  tick();
  EXPECT_EQ(sink_.changes(), "firing:a, pending:a, firing:a");
  EXPECT_EQ(test::states_of(*scheduler_.status()[0].states[1]), "a:firing");
}

TEST_F(RuleSchedulerTest, TheEndOfARemovedRuleWaitsForTheSink) {
  engine_.answer("a");
  scheduler_.start(groups("{alert: A, expr: up, for: 0s}"), {}, {});
  tick();
  sink_.refuse(true);
  scheduler_.reload({}, {});
  EXPECT_TRUE(picket::test::wait_until(kPatience, [&] { return clock_.pending() == 1 && idle(); }));
  EXPECT_EQ(sink_.changes(), "firing:a");
  sink_.refuse(false);
  const std::size_t before = sink_.calls();
  clock_.advance(std::chrono::seconds(15));
  ASSERT_TRUE(picket::test::wait_until(kPatience, [&] { return sink_.calls() > before; }));
  EXPECT_EQ(sink_.changes(), "firing:a, gone resolved:a");
  EXPECT_EQ(metrics().find("rule_group="), std::string::npos);
}

TEST_F(RuleSchedulerTest, StartsFromRestoredStatesAndRetiresStrangers) {
  const auto loaded = groups("{alert: A, expr: up, for: 10m}");
  StoredRules states;
  for (const std::string key : {"rules.yml;g;A{}", "old;g;Gone{}"}) {
    ActiveAlert alert;
    alert.labels = Labels({{"alertname", "A"}, {"i", "a"}});
    alert.state = key == loaded[0]->rules[0].former_key ? AlertState::Pending : AlertState::Firing;
    alert.active_at = clock_.clock().wall() - std::chrono::minutes(10);
    states[key].as.key = key;
    states[key].state.alerts.emplace(alert.labels, alert);
  }
  engine_.answer("a");
  scheduler_.start(loaded, {}, std::move(states));
  EXPECT_TRUE(picket::test::wait_until(kPatience, [&] { return sink_.calls() == 1 && idle(); }));
  EXPECT_EQ(sink_.changes(), "gone resolved:a");
  tick();
  EXPECT_EQ(sink_.changes(), "gone resolved:a, firing:a");
}

TEST_F(RuleSchedulerTest, RecordingRulesAreNamedAtLoadAndCounted) {
  scheduler_.start(groups("{alert: A, expr: up}, {record: 'job:up', expr: up}, {record: b, expr: up}"), {},
                   {});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_NE(lines_[0].find("recording rules are not evaluated"), std::string::npos) << lines_[0];
  EXPECT_NE(lines_[0].find("count=2 rules=\"g: job:up, g: b\""), std::string::npos) << lines_[0];
  EXPECT_NE(metrics().find("alertd_rule_group_recording_rules{rule_group=\"rules.yml;g\"} 2"),
            std::string::npos);
  EXPECT_EQ(scheduler_.status()[0].group->recording_rules[1].name, "b");
  scheduler_.reload(groups("{alert: A, expr: up}"), {});
  EXPECT_EQ(lines_.size(), 1U);
}

}  // namespace
}  // namespace picket::alertd
