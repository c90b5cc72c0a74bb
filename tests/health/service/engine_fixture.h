// An engine on fake probers, a manual clock and a log that is kept.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "exporters/health/engine/engine.h"
#include "tests/health/service/fake_prober.h"
#include "tests/support/manual_scheduler.h"

namespace picket::health {

class EngineTest : public ::testing::Test {
 protected:
  EngineTest() : registry_(test::fake_registry(&probes_)) {}
  void TearDown() override { engine_->stop(); }

  void apply(const std::string& text) {
    auto config = parse_health_config(text, "health.yml", files_, registry_);
    ASSERT_TRUE(config) << config.error().message;
    engine_->apply(std::make_shared<const HealthConfig>(std::move(*config)), [](const CheckConfig& check) {
      return dynamic_cast<const test::FakeProberConfig&>(*check.prober).make_fake();
    });
  }
  std::shared_ptr<Engine> make_engine() {
    return std::make_shared<Engine>(scheduler_, *metrics_, log_,
                                    [this](const Event& event) { events_.push_back(event); });
  }
  void restart() {
    engine_->stop();
    metrics_ = std::make_unique<MetricRegistry>();
    engine_ = make_engine();
  }
  const CheckStatus& status(const std::string& name) {
    snapshot_ = engine_->snapshot();
    const CheckStatus* found = snapshot_->find(name);
    check(found != nullptr, "no such check");
    return *found;
  }
  State state(const std::string& name) { return status(name).state; }
  Duration time_in(const std::string& name, State in) { return status(name).times[index_of(in)]; }
  double skipped(const std::string& reason) {
    return metrics_
        ->counter("health_exporter_scheduler_skipped_runs_total",
                  "Scheduled runs skipped (previous_running, overload, maintenance).")
        .Add({{"reason", reason}})
        .Value();
  }

  RealFiles files_;
  picket::test::ManualScheduler scheduler_;
  std::vector<std::string> lines_;
  Logger log_{{}, scheduler_.clock(), [this](std::string_view line) { lines_.emplace_back(line); }};
  test::FakeProbes probes_;
  ProberRegistry registry_;
  std::unique_ptr<MetricRegistry> metrics_ = std::make_unique<MetricRegistry>();
  std::vector<Event> events_;
  std::shared_ptr<Engine> engine_ = make_engine();
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace picket::health
