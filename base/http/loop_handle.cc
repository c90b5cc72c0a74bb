#include "base/http/loop_handle.h"

#include <mutex>

namespace picket {

void LoopHandle::post(std::function<void()> work) {
  const MutexLock lock(mutex_);
  if (!shut_) post_(std::move(work));
}

bool LoopHandle::enter() {
  const MutexLock lock(mutex_);
  if (shut_) return false;
  ++inside_;
  return true;
}

void LoopHandle::leave() {
  const MutexLock lock(mutex_);
  if (--inside_ == 0) left_.notify_all();
}

void LoopHandle::shut() {
  const MutexLock lock(mutex_);
  shut_ = true;
}

void LoopHandle::wait_empty() PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
  std::unique_lock lock(mutex_);
  left_.wait(lock, [this] { return inside_ == 0; });
}

}  // namespace picket
