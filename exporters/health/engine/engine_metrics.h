// What the engine tells of itself. Made once, at start; safe from any thread.
#pragma once

#include "base/metrics/registry.h"

namespace picket::health {

struct EngineMetrics {
  explicit EngineMetrics(MetricRegistry& registry);

  prometheus::Histogram& lag;
  prometheus::Counter& skipped_previous_running;
  prometheus::Counter& skipped_overload;
  prometheus::Counter& skipped_maintenance;
  prometheus::Gauge& probes_in_flight;
  prometheus::Gauge& probes_waiting;
};

}  // namespace picket::health
