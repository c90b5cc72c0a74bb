// Engines that hang and throw.
#include <atomic>
#include <thread>

#include "tests/alertd/rules/rule_scheduler_fixture.h"

namespace picket::alertd {
namespace {

using test::kPatience;
using RuleHangTest = test::RuleSchedulerTest;

TEST_F(RuleHangTest, AGroupWhoseQueriesHangGivesItsThreadUpAfterEach) {
  const std::string slow = "rules: [{alert: A, expr: slow}, {alert: B, expr: slow}, {alert: C, expr: slow}]}";
  scheduler_.start(test::load_groups("groups: [{name: s1, " + slow + ", {name: s2, " + slow +
                                     ", {name: g, rules: [{alert: D, expr: up}]}]"),
                   {}, {});
  // Both threads hang, whatever came first.
  clock_.advance(std::chrono::minutes(2));
  ASSERT_TRUE(picket::test::wait_until(kPatience, [&] { return engine_.slow() == 2; }));
  clock_.advance(std::chrono::minutes(1));
  const std::size_t before = engine_.times().size() - engine_.slow();
  EXPECT_EQ(workers_.queued(), 1U);
  engine_.permit(1);
  EXPECT_TRUE(
      picket::test::wait_until(kPatience, [&] { return engine_.times().size() - engine_.slow() > before; }));
  EXPECT_TRUE(picket::test::wait_until(kPatience, [&] { return engine_.slow() == 3; }));
  engine_.permit(100);
  EXPECT_TRUE(picket::test::wait_until(kPatience, [&] { return idle(); }));
  EXPECT_EQ(engine_.slow(), 6U);
}

TEST_F(RuleHangTest, AReloadDoesNotWaitForAQueryThatHangs) {
  engine_.answer("a");
  scheduler_.start(groups("{alert: A, expr: up, for: 0s}, {alert: B, expr: slow}"), {}, {});
  clock_.advance(std::chrono::minutes(1));
  ASSERT_TRUE(picket::test::wait_until(kPatience, [&] { return engine_.slow() == 1; }));
  std::atomic<bool> reloaded{false};
  std::jthread reloader([&] {
    scheduler_.reload(groups("{alert: A, expr: up, for: 0s}"), {});
    scheduler_.reload({}, {});
    reloaded = true;
  });
  EXPECT_TRUE(picket::test::wait_until(kPatience, [&] { return reloaded.load(); }));
  engine_.permit(1);
  reloader.join();
  EXPECT_TRUE(picket::test::wait_until(kPatience, [&] { return idle(); }));
  // What was abandoned is neither stored nor counted.
  EXPECT_EQ(sink_.changes(), "");
  EXPECT_EQ(metrics().find("rule_group="), std::string::npos);
}

TEST_F(RuleHangTest, AnEvaluationThatThrowsEndsAloneAndTheNextOneComes) {
  engine_.answer("a");
  scheduler_.start(groups("{alert: A, expr: up, for: 0s}"), {}, {});
  engine_.throw_once();
  clock_.advance(std::chrono::minutes(1));
  EXPECT_TRUE(picket::test::wait_until(kPatience, [&] { return engine_.entered() == 1 && idle(); }));
  tick();
  EXPECT_EQ(sink_.changes(), "firing:a");
}

/// Each query but the rule's takes all the time it may.
class HangingTemplates final : public QueryEngine {
 public:
  explicit HangingTemplates(picket::test::ManualScheduler& clock) : clock_(clock) {}
  Result<Vector> instant(const Query& query, Timestamp) override {
    if (query.expr != "hangs") return test::vector_of("a b c d e");
    ++asked;
    clock_.manual_clock().advance(query.timeout);
    return fail(ErrorKind::Timeout, "too slow");
  }
  std::atomic<std::size_t> asked{0};

 private:
  picket::test::ManualScheduler& clock_;
};

TEST_F(RuleHangTest, TemplatesThatQueryHoldAnEvaluationUpByOneTimeoutTogether) {
  HangingTemplates engine(clock_);
  {
    RuleScheduler scheduler({clock_, workers_, engine, sink_, metrics_, log_});
    scheduler.start(groups("{alert: A, expr: up, annotations: {text: '{{ query `hangs` }}'}}"), {}, {});
    tick();
    EXPECT_EQ(sink_.changes(), "firing:a firing:b firing:c firing:d firing:e");
    EXPECT_EQ(engine.asked, 1U);
    EXPECT_EQ(scheduler.status()[0].evaluation_time, RuleSettings().query_timeout);
    EXPECT_NE(metrics().find("alertd_template_expansion_failures_total 5"), std::string::npos);
  }
}

TEST_F(RuleHangTest, StopAbandonsTheEvaluationUnderWay) {
  engine_.hold(true);
  scheduler_.start(groups("{alert: A, expr: up}, {alert: B, expr: up}"), {}, {});
  clock_.advance(std::chrono::minutes(1));
  ASSERT_TRUE(picket::test::wait_until(kPatience, [&] { return engine_.entered() == 1; }));
  scheduler_.stop();
  EXPECT_EQ(clock_.pending(), 0U);
  engine_.hold(false);
  EXPECT_TRUE(picket::test::wait_until(kPatience, [&] { return idle(); }));
  EXPECT_EQ(engine_.entered(), 1U);
  EXPECT_EQ(sink_.calls(), 0U);
}

}  // namespace
}  // namespace picket::alertd
