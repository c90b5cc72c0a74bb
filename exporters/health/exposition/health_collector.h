// The scheduled checks on /metrics: every family of the catalogue, written from one snapshot of the engine.
// The families are as old as the last probes (their help says what they are); a scrape never waits for a
// probe.
#pragma once

#include <functional>
#include <memory>

#include "base/metrics/collector.h"
#include "exporters/health/engine/check_status.h"

namespace picket::health {

class HealthCollector final : public Collector {
 public:
  using TakeSnapshot = std::function<std::shared_ptr<const Snapshot>()>;
  explicit HealthCollector(TakeSnapshot take) : take_(std::move(take)) {}

  std::string_view name() const override { return "health"; }
  std::unique_ptr<Collection> collect() override;

 private:
  TakeSnapshot take_;
};

}  // namespace picket::health
