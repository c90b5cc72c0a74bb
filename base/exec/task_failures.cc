#include "base/exec/task_failures.h"

#include <exception>

namespace picket {

TaskFailures& TaskFailures::of_process() {
  static TaskFailures failures;
  return failures;
}

bool TaskFailures::run(std::string_view where, const std::function<void()>& task) noexcept {
  try {
    task();
    return true;
  } catch (const std::exception& error) {
    add(where, error.what());
  } catch (...) {
    add(where, "an exception of unknown type");
  }
  return false;
}

std::uint64_t TaskFailures::count() const {
  const MutexLock lock(mutex_);
  return count_;
}

void TaskFailures::watch(Watcher watcher) {
  const MutexLock lock(mutex_);
  watcher_ = std::move(watcher);
}

void TaskFailures::add(std::string_view where, std::string_view what) noexcept {
  try {
    Watcher watcher;
    {
      const MutexLock lock(mutex_);
      ++count_;
      watcher = watcher_;
    }
    if (watcher) watcher(where, what);
  } catch (...) {  // NOLINT(bugprone-empty-catch): it is counted, and there is no memory to say more
  }
}

}  // namespace picket
