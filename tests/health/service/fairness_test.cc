// Slots for probes: dead targets, which hold theirs for a whole timeout, do not delay the others.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <map>

#include "exporters/health/engine/engine.h"
#include "tests/health/service/fake_prober.h"
#include "tests/support/manual_scheduler.h"

namespace picket::health {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kDead = 80;

/// Eight slots, 80 targets that get no answer within their 5 s, and one that answers.
class Fairness : public ::testing::Test {
 protected:
  Fairness() : registry_(test::fake_registry(&probes_)) {
    std::string text =
        "concurrency: 8\nchecks:\n- {name: well, interval: 5s, prober: {fake: {target: well}}}\n";
    for (int i = 0; i < kDead; ++i)
      text += fmt::format("- {{name: d{0}, interval: 15s, prober: {{fake: {{target: d{0}}}}}}}\n", i);
    auto config = parse_health_config(text, "health.yml", files_, registry_);
    check(config.has_value(), "the test's config is fine");
    probes_.answer("well", test::success());
    engine_->apply(std::make_shared<const HealthConfig>(std::move(*config)), [](const CheckConfig& check) {
      return dynamic_cast<const test::FakeProberConfig&>(*check.prober).make_fake();
    });
    engine_->start();
  }
  void TearDown() override { engine_->stop(); }

  /// Dead targets time out 5 s after their probe began.
  void pass(seconds time) {
    for (milliseconds passed{0}; passed < time; passed += milliseconds(100)) {
      scheduler_.advance(milliseconds(100));
      now_ += milliseconds(100);
      for (int i = 0; i < kDead; ++i) time_out(fmt::format("d{}", i));
    }
  }
  void time_out(const std::string& target) {
    Dead& dead = dead_[target];
    if (probes_.started(target) > dead.ended && !dead.ends) dead.ends = now_ + seconds(5);
    if (!dead.ends || *dead.ends > now_) return;
    dead.ends.reset();
    ++dead.ended;
    probes_.release(target, test::failure(FailureReason::Timeout, "no answer in time"));
  }

  struct Dead {
    int ended = 0;
    std::optional<milliseconds> ends;
  };
  RealFiles files_;
  picket::test::ManualScheduler scheduler_;
  test::FakeProbes probes_;
  ProberRegistry registry_;
  MetricRegistry metrics_;
  Logger log_{{}, scheduler_.clock(), [](std::string_view) {}};
  std::shared_ptr<Engine> engine_ = std::make_shared<Engine>(scheduler_, metrics_, log_, [](const Event&) {});
  milliseconds now_{0};
  std::map<std::string, Dead> dead_;
};

TEST_F(Fairness, ChecksThatAnswerRunOnTimeBesideDeadTargets) {
  pass(seconds(10));
  const int before = probes_.started("well");
  EXPECT_GE(before, 1);
  pass(seconds(120));
  EXPECT_EQ(probes_.started("well") - before, 24);
}

TEST_F(Fairness, DeadTargetsAreStillProbed) {
  pass(seconds(120));
  for (int i = 0; i < kDead; ++i) EXPECT_GE(probes_.started(fmt::format("d{}", i)), 1) << i;
}

TEST_F(Fairness, ATargetThatTimedOutOnceIsProbedBeforeTheSilent) {
  pass(seconds(150));
  probes_.hold("well");
  pass(seconds(5));
  probes_.release("well", test::failure(FailureReason::Timeout, "no answer in time"));
  const int before = probes_.started("well");
  probes_.answer("well", test::success());
  pass(seconds(6));
  EXPECT_GT(probes_.started("well"), before);
}

}  // namespace
}  // namespace picket::health
