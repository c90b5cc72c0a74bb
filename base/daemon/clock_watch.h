// Counts and logs steps of the wall clock: <prefix>_clock_jumps_total{direction}. Runs on the scheduler.
#pragma once

#include <string>

#include "base/log/logger.h"
#include "base/metrics/registry.h"
#include "base/time/clock_steps.h"
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

  Scheduler& scheduler_;
  Logger& log_;
  prometheus::Counter& forward_;
  prometheus::Counter& backward_;
  ClockSteps steps_;
  TimerId timer_;
};

}  // namespace picket
