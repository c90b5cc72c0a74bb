// Ids that sort by creation: milliseconds, a counter and random bits, in hexadecimal. Never goes back when
// the wall clock does.
#pragma once

#include <string>

#include "base/crypto/random.h"
#include "base/time/monotonic_stamp.h"

namespace picket::alertd {

class DeliveryIds {  ///< safe from any thread
 public:
  DeliveryIds(const Clock& clock, Random& random) : stamps_(clock, 1U << 16U), random_(random) {}
  /// "018f3c2a1b4d-0003-9f86d081884c7d65"
  std::string next();

 private:
  MonotonicStamps stamps_;
  Random& random_;
};

}  // namespace picket::alertd
