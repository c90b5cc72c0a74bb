// Tasks of pools and timers that threw: each is an error in the log, and <prefix>_task_failures_total counts
// them.
#pragma once

#include <string>

#include "base/log/logger.h"
#include "base/metrics/collector.h"

namespace picket {

class TaskWatch final : public Collector {
 public:
  TaskWatch(std::string prefix, Logger& log);
  ~TaskWatch() override;
  TaskWatch(const TaskWatch&) = delete;
  TaskWatch& operator=(const TaskWatch&) = delete;

  std::string_view name() const override { return "tasks"; }
  std::unique_ptr<Collection> collect() override;

 private:
  const std::string prefix_;
};

}  // namespace picket
