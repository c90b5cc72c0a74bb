// Durations and slots when the wall clock is stepped and when alertd was stopped.
#include <atomic>

#include "alertd/rules/rule_state_store.h"
#include "tests/alertd/rules/rule_scheduler_fixture.h"

namespace picket::alertd {
namespace {

using test::kPatience;
using test::RecordingSink;
using RuleTimeTest = test::RuleSchedulerTest;

TEST_F(RuleTimeTest, FollowsAWallClockThatIsSetBackOrForward) {
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

TEST_F(RuleTimeTest, AStepOfTheWallClockNeitherFiresNorResolvesNorStopsAnything) {
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

TEST_F(RuleTimeTest, ASmallStepKeepsSlotsAnIntervalApart) {
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
    auto stored = database_->transaction([&](sql::Session& session) -> Result<void> {
      for (const RuleResult& rule : result.rules) {
        const auto saved = rule.rule == nullptr
                               ? RuleStateStore::remove(session, rule.as.key)
                               : RuleStateStore::save(session, rule.as, rule.transition.next);
        if (!saved) return fail(saved);
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

TEST_F(RuleTimeTest, TimeStoppedDoesNotCountAndTimeSeenBeforeDoes) {
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

}  // namespace
}  // namespace picket::alertd
