#include "alertd/delivery/lane_threads.h"

namespace picket::alertd {

bool LaneThreads::run(const std::string& lane, std::function<void()> task) {
  const MutexLock lock(mutex_);
  std::unique_ptr<WorkerPool>& pool = pools_[lane];
  if (pool == nullptr) {
    pool = std::make_unique<WorkerPool>("deliver", WorkerPool::Size{.threads = threads_, .queue = threads_});
  }
  return pool->submit(std::move(task));
}

}  // namespace picket::alertd
