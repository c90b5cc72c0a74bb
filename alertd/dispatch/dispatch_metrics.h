// The dispatcher's counters. No label names an alert.
#pragma once

#include <string>

#include "base/metrics/registry.h"

namespace picket::alertd {

class DispatchMetrics {  ///< safe from any thread
 public:
  explicit DispatchMetrics(MetricRegistry& registry);
  void open(std::size_t firing, std::size_t groups);
  void queued(std::size_t deliveries);
  void flush_failed();
  void superseded(std::size_t messages);
  void suppressed(std::size_t inhibited, bool muted_by_time);
  void render_failed(std::size_t count);
  void store_failed();

 private:
  prometheus::Gauge& firing_;
  prometheus::Gauge& groups_;
  prometheus::Counter& queued_;
  prometheus::Counter& superseded_;
  prometheus::Counter& flush_failures_;
  prometheus::Counter& inhibited_;
  prometheus::Counter& muted_groups_;
  prometheus::Counter& render_failures_;
  prometheus::Counter& store_failures_;
};

}  // namespace picket::alertd
