#include "exporters/health/history/history_metrics.h"

#include "base/time/timestamp.h"

namespace picket::health {

HistoryMetrics::HistoryMetrics(MetricRegistry& registry)
    : last_write_(registry
                      .gauge("health_exporter_state_last_write_timestamp_seconds",
                             "Unix time the state was last made durable.")
                      .Add({})) {
  auto& family = registry.counter("health_exporter_state_write_failures_total", "State writes that failed.");
  for (const std::string_view reason :
       {"unavailable", "timeout", "conflict", "corrupt", "denied", "internal", "overflow"}) {
    failures_.emplace(reason, &family.Add({{"reason", std::string(reason)}}));
  }
}

void HistoryMetrics::written(WallTime at) {
  last_write_.Set(unix_seconds(at));
}

void HistoryMetrics::failed(const Error& error) {
  const auto known = failures_.find(to_string(error.kind));
  (known != failures_.end() ? known : failures_.find("internal"))->second->Increment();
}

void HistoryMetrics::event_dropped() {
  failures_.find("overflow")->second->Increment();
}

}  // namespace picket::health
