// What the event store tells of itself. Made once, at start; safe from any thread.
#pragma once

#include <map>
#include <string>

#include "base/metrics/registry.h"
#include "base/result/result.h"
#include "base/time/clock.h"

namespace picket::security {

class EventMetrics {
 public:
  explicit EventMetrics(MetricRegistry& registry);

  void waiting(std::size_t events);
  void stored(std::int64_t events);
  void written(std::int64_t events, WallTime at);
  void deleted_by_age(std::int64_t events);
  void deleted_by_count(std::int64_t events);
  void dropped_by_full_queue();
  void dropped_by_database();
  void up(bool is_up);
  void failed(const Error& error);

 private:
  prometheus::Gauge &up_, &last_write_, &waiting_, &stored_;
  prometheus::Counter &written_, &by_age_, &by_count_, &queue_full_, &refused_;
  std::map<std::string, prometheus::Counter*, std::less<>>
      failures_;  ///< by reason, all known ones from the start
};

}  // namespace picket::security
