// Ids of users, sessions, devices and keys: UUIDs of version 7 (RFC 9562 5.7), so that they sort by creation.
// They name things and prove nothing: 62 bits are random. Safe from any thread.
#pragma once

#include <string>

#include "base/crypto/random.h"
#include "base/time/monotonic_stamp.h"

namespace picket::authd {

class Ids {
 public:
  Ids(const Clock& clock, Random& random) : stamps_(clock, 1U << 12U), random_(random) {}
  /// "019b8e5c-3c00-7000-8f86-d081884c7d65". Never goes back within the process, whatever the clock does.
  std::string next();

 private:
  MonotonicStamps stamps_;  ///< the count is the 12 bits of rand_a
  Random& random_;
};

}  // namespace picket::authd
