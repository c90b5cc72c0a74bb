#include "base/daemon/task_watch.h"

#include "base/exec/task_failures.h"

namespace picket {

TaskWatch::TaskWatch(std::string prefix, Logger& log) : prefix_(std::move(prefix)) {
  TaskFailures::of_process().watch([&log](std::string_view where, std::string_view what) {
    log.error("a task failed", {{"pool", where}, {"error", what}});
  });
}

TaskWatch::~TaskWatch() {
  TaskFailures::of_process().watch({});
}

std::unique_ptr<Collection> TaskWatch::collect() {
  return collect_once([this](MetricWriter& writer) {
    writer
        .counter(prefix_ + "_task_failures_total", "Tasks of pools and timers that ended with an exception.",
                 {})
        .sample({}, static_cast<double>(TaskFailures::of_process().count()));
  });
}

}  // namespace picket
