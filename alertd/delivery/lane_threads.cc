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

bool LaneThreads::forget(const std::string& lane) {
  std::unique_ptr<WorkerPool> idle;  // joined without the lock
  const MutexLock lock(mutex_);
  const auto pool = pools_.find(lane);
  if (pool == pools_.end()) return true;
  if (pool->second->busy() > 0 || pool->second->queued() > 0) return false;
  idle = std::move(pool->second);
  pools_.erase(pool);
  return true;
}

std::size_t LaneThreads::lanes() const {
  const MutexLock lock(mutex_);
  return pools_.size();
}

}  // namespace picket::alertd
