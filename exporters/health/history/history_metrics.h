// What the recorder tells of itself. Made once, at start.
#pragma once

#include <map>
#include <string>

#include "base/metrics/registry.h"

namespace picket::health {

class HistoryMetrics {
 public:
  explicit HistoryMetrics(MetricRegistry& registry);

  void written(WallTime at);
  void failed(const Error& error);
  void event_dropped();

 private:
  prometheus::Gauge& last_write_;
  std::map<std::string, prometheus::Counter*, std::less<>>
      failures_;  ///< by reason, all known ones from the start
};

}  // namespace picket::health
