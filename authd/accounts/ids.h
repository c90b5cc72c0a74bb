// Ids of users, sessions, devices and keys: UUIDs of version 7 (RFC 9562 5.7), so that they sort by creation.
// They name things and prove nothing: 62 bits are random. Safe from any thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/crypto/random.h"
#include "base/exec/mutex.h"
#include "base/time/clock.h"

namespace picket::authd {

class Ids {
 public:
  Ids(const Clock& clock, Random& random) : clock_(clock), random_(random) {}
  /// "019b8e5c-3c00-7000-8f86-d081884c7d65". Never goes back within the process, whatever the clock does.
  std::string next() EXCLUDES(mutex_);

 private:
  const Clock& clock_;
  Random& random_;
  Mutex mutex_;
  std::int64_t last_ms_ GUARDED_BY(mutex_) = 0;
  std::uint32_t count_ GUARDED_BY(mutex_) = 0;  ///< the 12 bits of rand_a
};

}  // namespace picket::authd
