// How long checking a password took lately, queue and hash together, and waiting as long without doing it:
// what a locked account costs its caller, so that the lock does not show, and costs us no core. Safe from any
// thread.
#pragma once

#include <array>

#include "authd/login/attempt_gate.h"
#include "base/crypto/random.h"

namespace picket::authd {

class HashTimes {
 public:
  /// `first`: until one was measured. All must outlive it.
  HashTimes(Duration first, const Clock& clock, Random& random);

  void took(Duration duration) EXCLUDES(mutex_);
  /// As long as one of the last checks, picked by chance. Ends early with the caller's patience.
  void wait_for_one(const Patience& patience) EXCLUDES(mutex_);

 private:
  static constexpr std::size_t kRemembered = 64;

  const Clock& clock_;
  Random& random_;
  Mutex mutex_;
  ConditionVariable left_;  ///< the caller, as their stop token says
  std::array<Duration, kRemembered> recent_ GUARDED_BY(mutex_);
  std::size_t next_ GUARDED_BY(mutex_) = 0;
};

}  // namespace picket::authd
