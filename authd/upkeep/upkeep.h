// Work that comes again: polling, flushing, rotating, pruning. Each job runs on the pool at its interval,
// never twice at once, and its failures are counted and logged. Safe from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/exec/mutex.h"
#include "base/exec/worker_pool.h"
#include "base/log/logger.h"
#include "base/metrics/registry.h"
#include "base/result/result.h"
#include "base/time/scheduler.h"

namespace picket::authd {

struct UpkeepParts {
  Scheduler& scheduler;
  MetricRegistry& registry;
  Logger& log;
};

class Upkeep {
 public:
  explicit Upkeep(UpkeepParts parts);
  /// No job runs any more when it returns.
  ~Upkeep();
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

  /// `name` is a label value: a closed set. Not after stop().
  void every(Duration interval, std::string name, std::function<Result<void>()> job);
  void stop();

 private:
  struct Job;
  struct Gate;  ///< shut before the pool goes: a timer may be running still
  void run(Job& job);

  const UpkeepParts parts_;
  prometheus::Family<prometheus::Counter>& failures_;
  std::vector<std::shared_ptr<Job>> jobs_;
  std::vector<TimerId> timers_;
  std::unique_ptr<WorkerPool> pool_;
  std::shared_ptr<Gate> gate_;
};

}  // namespace picket::authd
