// Sees steps of the wall clock (NTP, a person, a suspend) by comparing it with the monotonic one, and counts
// them: <prefix>_clock_jumps_total{direction}. Runs on the scheduler.
#pragma once

#include <string>

#include "base/log/logger.h"
#include "base/metrics/registry.h"
#include "base/time/scheduler.h"

namespace picket {

class ClockWatch {
 public:
  ClockWatch(const std::string& prefix, Scheduler& scheduler, MetricRegistry& registry, Logger& log);
  ~ClockWatch();
  ClockWatch(const ClockWatch&) = delete;
  ClockWatch& operator=(const ClockWatch&) = delete;

 private:
  void look();
  Duration offset() const;  ///< of the wall clock from the monotonic one

  Scheduler& scheduler_;
  Logger& log_;
  prometheus::Counter& forward_;
  prometheus::Counter& backward_;
  Duration last_;
  TimerId timer_;
};

}  // namespace picket
