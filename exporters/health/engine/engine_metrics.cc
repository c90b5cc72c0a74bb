#include "exporters/health/engine/engine_metrics.h"

namespace picket::health {

namespace {

constexpr const char* kSkipped = "health_exporter_scheduler_skipped_runs_total";
constexpr const char* kSkippedHelp = "Scheduled runs skipped (previous_running, overload, maintenance).";

}  // namespace

EngineMetrics::EngineMetrics(MetricRegistry& registry)
    : lag(registry
              .histogram("health_exporter_scheduler_lag_seconds",
                         "Delay between planned and actual start of a scheduled run.")
              .Add({},
                   prometheus::Histogram::BucketBoundaries{0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10})),
      skipped_previous_running(
          registry.counter(kSkipped, kSkippedHelp).Add({{"reason", "previous_running"}})),
      skipped_overload(registry.counter(kSkipped, kSkippedHelp).Add({{"reason", "overload"}})),
      skipped_maintenance(registry.counter(kSkipped, kSkippedHelp).Add({{"reason", "maintenance"}})),
      probes_in_flight(
          registry.gauge("health_exporter_probes_in_flight", "Scheduled probes under way.").Add({})),
      probes_waiting(
          registry.gauge("health_exporter_probes_waiting", "Scheduled probes waiting for a free slot.")
              .Add({})) {}

}  // namespace picket::health
