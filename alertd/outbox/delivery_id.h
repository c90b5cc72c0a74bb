// Ids that sort by creation: milliseconds, a counter and random bits, in hexadecimal. Never goes back when
// the wall clock does.
#pragma once

#include <cstdint>
#include <string>

#include "base/crypto/random.h"
#include "base/exec/mutex.h"
#include "base/time/clock.h"

namespace picket::alertd {

class DeliveryIds {  ///< safe from any thread
 public:
  DeliveryIds(const Clock& clock, Random& random) : clock_(clock), random_(random) {}
  /// "018f3c2a1b4d-0003-9f86d081884c7d65"
  std::string next() EXCLUDES(mutex_);

 private:
  const Clock& clock_;
  Random& random_;
  Mutex mutex_;
  std::int64_t last_ms_ GUARDED_BY(mutex_) = 0;
  std::uint32_t count_ GUARDED_BY(mutex_) = 0;
};

}  // namespace picket::alertd
