// Tasks that threw. Nobody waits for a task's exception, so whoever runs tasks (WorkerPool, TimerThread) runs
// them through here: the exception ends there, is counted, and told to the process's watcher, which logs it.
// Expected faults are a Result; what comes here is a fault of ours, or no memory. Safe from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/exec/mutex.h"

namespace picket {

class TaskFailures {
 public:
  /// `where` is the pool's name, `what` what the exception says.
  using Watcher = std::function<void(std::string_view where, std::string_view what)>;

  /// Of this process: pools are made in many places, and one log hears of all of them.
  static TaskFailures& of_process();

  /// Runs the task; false when it threw.
  bool run(std::string_view where, const std::function<void()>& task) noexcept;
  std::uint64_t count() const EXCLUDES(mutex_);
  /// Replaces the watcher; an empty one ends the watch. It is called on the thread of the task.
  void watch(Watcher watcher) EXCLUDES(mutex_);

 private:
  void add(std::string_view where, std::string_view what) noexcept;

  mutable Mutex mutex_;
  std::uint64_t count_ GUARDED_BY(mutex_) = 0;
  Watcher watcher_ GUARDED_BY(mutex_);
};

}  // namespace picket
