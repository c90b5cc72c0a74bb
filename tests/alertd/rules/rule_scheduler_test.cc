#include "alertd/rules/rule_scheduler.h"

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "alertd/rules/rule_state_store.h"
#include "base/metrics/exposition.h"
#include "tests/alertd/rules/rule_script.h"
#include "tests/support/wait.h"

namespace picket::alertd {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);

/// Answers what the test says, and can be held up.
class ScriptedEngine final : public QueryEngine {
 public:
  Result<Vector> instant(const Query& query, Timestamp time) override {
    std::unique_lock lock(mutex_);
    ++entered_;
    times_.push_back(time);
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    if (query.expr == "broken" || failing_) return fail(ErrorKind::Unavailable, "no route");
    return test::vector_of(samples_);
  }

  void answer(const std::string& samples) {
    with([&] { samples_ = samples; });
  }
  void fail_all(bool on) {
    with([&] { failing_ = on; });
  }
  void hold(bool on) {
    with([&] { held_ = on; });
  }
  std::size_t entered() {
    const std::lock_guard lock(mutex_);
    return entered_;
  }
  std::vector<Timestamp> times() {
    const std::lock_guard lock(mutex_);
    return times_;
  }

 private:
  template <class F>
  void with(F change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string samples_;
  bool failing_ = false;
  bool held_ = false;
  std::size_t entered_ = 0;
  std::vector<Timestamp> times_;
};

/// Keeps what it is given; can refuse.
class RecordingSink final : public AlertSink {
 public:
  Result<void> apply(const GroupResult& result) override {
    const std::lock_guard lock(mutex_);
    ++calls_;
    if (refusing_) return fail(ErrorKind::Unavailable, "disk is full");
    for (const RuleResult& rule : result.rules) {
      const std::string changes = test::changes_of(rule.transition);
      if (!changes.empty()) changes_.push_back((rule.rule ? "" : "gone ") + changes);
      sent_ += rule.transition.send.size();
    }
    return {};
  }

  void refuse(bool on) {
    const std::lock_guard lock(mutex_);
    refusing_ = on;
  }
  std::string changes() {
    const std::lock_guard lock(mutex_);
    return join(changes_, ", ");
  }
  std::size_t calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  std::size_t sent() {
    const std::lock_guard lock(mutex_);
    return sent_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> changes_;
  std::size_t calls_ = 0;
  std::size_t sent_ = 0;
  bool refusing_ = false;
};

class RuleSchedulerTest : public testing::Test {
 protected:
  static RuleGroups groups(const std::string& rules, const std::string& fields = "") {
    return test::load_groups("groups: [{name: g, interval: 1m, " + fields + " rules: [" + rules + "]}]");
  }

  /// One tick, and its end.
  void tick() {
    const std::size_t before = sink_.calls();
    clock_.advance(std::chrono::minutes(1));
    EXPECT_TRUE(picket::test::wait_until(kPatience, [&] { return sink_.calls() > before && idle(); }));
  }

  bool idle() { return workers_.queued() == 0 && workers_.busy() == 0; }

  std::string metrics() {
    Collector* const collectors[] = {&registry_};
    return encode(collectors, ExpositionFormat::Text004);
  }

  picket::test::ManualScheduler clock_;
  MetricRegistry registry_;
  RuleMetrics metrics_{registry_};
  std::vector<std::string> lines_;
  Logger log_{{}, clock_.clock(), [this](std::string_view line) { lines_.emplace_back(line); }};
  ScriptedEngine engine_;
  RecordingSink sink_;
  WorkerPool workers_{"rules", {2, 8}};
  RuleScheduler scheduler_{{clock_, workers_, engine_, sink_, metrics_, log_}};
};

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
  EXPECT_EQ(sink_.changes(), "gone resolved:a");
  tick();
  EXPECT_EQ(sink_.changes(), "gone resolved:a, firing:a");
}

TEST_F(RuleSchedulerTest, FollowsAWallClockThatIsSetBackOrForward) {
  scheduler_.start(groups("{alert: A, expr: up}"), {}, {});
  tick();
  clock_.manual_clock().step_wall(-std::chrono::hours(1));
  tick();
  tick();
  clock_.manual_clock().step_wall(std::chrono::hours(2));
  tick();
  tick();
  const auto times = engine_.times();
  ASSERT_EQ(times.size(), 5U);
  EXPECT_LT(times[1], times[0]);
  EXPECT_EQ(times[2] - times[1], std::chrono::minutes(1));
  EXPECT_GT(times[3] - times[2], std::chrono::hours(1));
  EXPECT_EQ(times[4] - times[3], std::chrono::minutes(1));
}

TEST_F(RuleSchedulerTest, AStepOfTheWallClockNeitherFiresNorResolvesNorStopsAnything) {
  for (const Duration step : {-std::chrono::minutes(20), std::chrono::minutes(20), std::chrono::minutes(0)}) {
    RecordingSink sink;
    RuleScheduler scheduler({clock_, workers_, engine_, sink, metrics_, log_});
    const auto tick = [&](const std::string& samples) {
      engine_.answer(samples);
      const std::size_t before = sink.calls();
      clock_.advance(std::chrono::minutes(1));
      EXPECT_TRUE(picket::test::wait_until(kPatience, [&] { return sink.calls() > before && idle(); }));
    };
    scheduler.start(groups("{alert: A, expr: up, for: 5m, keep_firing_for: 4m}"), {}, {});
    for (int i = 0; i < 3; ++i) tick("a");
    clock_.manual_clock().step_wall(step);
    for (int i = 0; i < 2; ++i) tick("a");
    EXPECT_EQ(sink.changes(), "pending:a") << step.count();
    tick("a");
    EXPECT_EQ(sink.changes(), "pending:a, firing:a") << step.count();
    tick("");
    clock_.manual_clock().step_wall(-step);
    // A firing alert is sent again each minute.
    const std::size_t sent = sink.sent();
    for (int i = 0; i < 3; ++i) tick("");
    EXPECT_EQ(sink.sent(), sent + 3) << step.count();
    EXPECT_EQ(sink.changes(), "pending:a, firing:a") << step.count();
    // A reload between the step and the next evaluation changes nothing.
    clock_.manual_clock().step_wall(step);
    scheduler.reload(groups("{alert: A, expr: up, for: 5m, keep_firing_for: 4m}"), {});
    tick("");
    EXPECT_EQ(sink.changes(), "pending:a, firing:a, resolved:a") << step.count();
    const ActiveAlert alert = scheduler.status().at(0).states.at(0)->alerts.begin()->second;
    EXPECT_EQ(alert.resolved_at - alert.fired_at, std::chrono::minutes(5)) << step.count();
    EXPECT_LT(clock_.clock().wall() - alert.resolved_at, std::chrono::minutes(1)) << step.count();
  }
}

TEST_F(RuleSchedulerTest, ASmallStepKeepsSlotsAnIntervalApart) {
  scheduler_.start(groups("{alert: A, expr: up}"), {}, {});
  tick();
  clock_.manual_clock().step_wall(-std::chrono::seconds(30));
  tick();
  clock_.manual_clock().step_wall(std::chrono::milliseconds(300));
  tick();
  const auto times = engine_.times();
  ASSERT_EQ(times.size(), 3U);
  EXPECT_EQ(times[1] - times[0], std::chrono::seconds(30));
  EXPECT_EQ(times[2] - times[1], std::chrono::seconds(60));
}

/// What is stored at each evaluation, as the daemon does it.
class StoringSink final : public AlertSink {
 public:
  StoringSink() : database_(sql::Database::open(sql::Dsn::parse("sqlite::memory:").value()).value()) {
    EXPECT_TRUE(database_->migrate(RuleStateStore::kComponent, RuleStateStore::migrations()));
  }
  Result<void> apply(const GroupResult& result) override {
    const auto stored = database_->transaction([&](sql::Session& session) -> Result<void> {
      for (const RuleResult& rule : result.rules) {
        const auto saved = rule.rule == nullptr
                               ? RuleStateStore::remove(session, rule.as.key)
                               : RuleStateStore::save(session, rule.as, rule.transition.next);
        if (!saved) return saved;
      }
      return {};
    });
    ++calls_;
    return stored;
  }
  StoredRules load() { return RuleStateStore::load(*database_).value(); }
  std::size_t calls() const { return calls_; }

 private:
  std::unique_ptr<sql::Database> database_;
  std::atomic<std::size_t> calls_{0};
};

TEST_F(RuleSchedulerTest, TimeStoppedDoesNotCountAndTimeSeenBeforeDoes) {
  StoringSink sink;
  const auto life = [&](const std::vector<std::string>& minutes, const std::string& rules) {
    // Ends as after a crash: nothing is written at the end.
    RuleScheduler scheduler({clock_, workers_, engine_, sink, metrics_, log_});
    scheduler.start(groups(rules), {}, sink.load());
    std::string states;
    for (const std::string& samples : minutes) {
      engine_.answer(samples);
      const std::size_t before = sink.calls();
      clock_.advance(std::chrono::minutes(1));
      EXPECT_TRUE(picket::test::wait_until(kPatience, [&] { return sink.calls() > before && idle(); }));
      states += (states.empty() ? "" : ", ") + test::states_of(*scheduler.status().at(0).states.at(0));
    }
    return states;
  };
  const std::string rule = "{alert: A, expr: up, for: 5m, keep_firing_for: 3m}";
  EXPECT_EQ(life({"a", "a", "a"}, rule), "a:pending, a:pending, a:pending");
  clock_.advance(std::chrono::minutes(25));
  EXPECT_EQ(life({"a"}, rule), "a:pending");
  clock_.manual_clock().step_wall(-std::chrono::minutes(40));  // while it is stopped
  clock_.advance(std::chrono::minutes(7));
  EXPECT_EQ(life({"a", "a", "a"}, rule), "a:pending, a:pending, a:pending");
  // Seen for five minutes by now: a restart between two evaluations leaves none out.
  EXPECT_EQ(life({"a", "", ""}, rule), "a:firing, a:firing, a:firing");
  clock_.advance(std::chrono::minutes(25));
  EXPECT_EQ(life({"", "", ""}, rule), "a:firing, a:firing, a:inactive");
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

TEST_F(RuleSchedulerTest, StopWaitsForTheEvaluationUnderWayWhichIsAbandoned) {
  engine_.hold(true);
  scheduler_.start(groups("{alert: A, expr: up}, {alert: B, expr: up}"), {}, {});
  clock_.advance(std::chrono::minutes(1));
  ASSERT_TRUE(picket::test::wait_until(kPatience, [&] { return engine_.entered() == 1; }));
  std::jthread stopper([&] { scheduler_.stop(); });
  ASSERT_TRUE(picket::test::wait_until(kPatience, [&] { return clock_.pending() == 0; }));
  engine_.hold(false);
  stopper.join();
  EXPECT_EQ(engine_.entered(), 1U);
  EXPECT_EQ(sink_.calls(), 0U);
}

}  // namespace
}  // namespace picket::alertd
