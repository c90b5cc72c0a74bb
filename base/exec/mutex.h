// std::mutex with Clang's thread-safety annotations. One mutex per concern; never held across I/O or a
// callback.
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define PICKET_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define PICKET_THREAD_ANNOTATION(x)
#endif
#define GUARDED_BY(x) PICKET_THREAD_ANNOTATION(guarded_by(x))
#define REQUIRES(...) PICKET_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) PICKET_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))

namespace picket {

class PICKET_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  void lock() PICKET_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void unlock() PICKET_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class PICKET_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) PICKET_THREAD_ANNOTATION(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() PICKET_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// Waits on a Mutex that the caller holds.
using ConditionVariable = std::condition_variable_any;

}  // namespace picket
