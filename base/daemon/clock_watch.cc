#include "base/daemon/clock_watch.h"

namespace picket {
namespace {

constexpr Duration kInterval = std::chrono::seconds(5);

prometheus::Family<prometheus::Counter>& jumps(const std::string& prefix, MetricRegistry& registry) {
  return registry.counter(prefix + "_clock_jumps_total",
                          "Wall clock steps of more than 2 s against the monotonic clock.");
}

}  // namespace

ClockWatch::ClockWatch(const std::string& prefix, Scheduler& scheduler, MetricRegistry& registry, Logger& log)
    : scheduler_(scheduler),
      log_(log),
      forward_(jumps(prefix, registry).Add({{"direction", "forward"}})),
      backward_(jumps(prefix, registry).Add({{"direction", "backward"}})),
      steps_(scheduler.clock()),
      timer_(scheduler.every({kInterval, {}, kInterval}, [this] { look(); })) {}

ClockWatch::~ClockWatch() {
  scheduler_.cancel(timer_);
}

void ClockWatch::look() {
  const Duration step = steps_.look();
  if (step == Duration::zero()) return;
  (step > Duration::zero() ? forward_ : backward_).Increment();
  log_.warn("the wall clock was stepped", {{"seconds", seconds(step)}});
}

}  // namespace picket
