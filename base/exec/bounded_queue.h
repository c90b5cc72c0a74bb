// A queue with a capacity: producers never wait, what does not fit is refused and counted. Safe from any
// thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/exec/mutex.h"

namespace picket {

template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  /// False when full (counted in refused()).
  bool push(T item) EXCLUDES(mutex_) {
    {
      const MutexLock lock(mutex_);
      if (items_.size() >= capacity_) {
        ++refused_;
        return false;
      }
      items_.push_back(std::move(item));
    }
    ready_.notify_one();
    return true;
  }

  /// Waits for an item; nothing once a stop is asked for (items may remain: drain with try_pop).
  std::optional<T> pop(const std::stop_token& stop) PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
    std::unique_lock lock(mutex_);
    if (!ready_.wait(lock, stop, [this] { return !items_.empty(); }) || stop.stop_requested())
      return std::nullopt;
    return take();
  }

  std::optional<T> try_pop() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (items_.empty()) return std::nullopt;
    return take();
  }

  std::size_t size() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return items_.size();
  }
  std::uint64_t refused() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return refused_;
  }

 private:
  T take() REQUIRES(mutex_) {
    T item = std::move(items_.front());
    items_.pop_front();
    return item;
  }

  const std::size_t capacity_;
  mutable Mutex mutex_;
  ConditionVariable ready_;
  std::deque<T> items_ GUARDED_BY(mutex_);
  std::uint64_t refused_ GUARDED_BY(mutex_) = 0;
};

}  // namespace picket
