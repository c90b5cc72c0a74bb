#include "authd/login/hash_times.h"

#include <algorithm>

namespace picket::authd {

HashTimes::HashTimes(Duration first, const Clock& clock, Random& random) : clock_(clock), random_(random) {
  recent_.fill(first);
}

void HashTimes::took(Duration duration) {
  const MutexLock lock(mutex_);
  recent_.at(next_) = duration;
  next_ = (next_ + 1) % kRemembered;
}

void HashTimes::wait_for_one(const Patience& patience) PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
  const std::size_t picked = random_.below(kRemembered);
  std::unique_lock lock(mutex_);
  const Duration wait = std::min(recent_.at(picked), patience.deadline.remaining(clock_));
  left_.wait_for(lock, patience.gone, wait, [&patience] { return patience.gone.stop_requested(); });
}

}  // namespace picket::authd
