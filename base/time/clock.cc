#include "base/time/clock.h"

#include <algorithm>

namespace picket {

WallTime SystemClock::wall() const {
  return std::chrono::system_clock::now();
}

MonoTime SystemClock::mono() const {
  return std::chrono::steady_clock::now();
}

Duration Deadline::remaining(const Clock& clock) const {
  return std::max(Duration::zero(), at - clock.mono());
}

}  // namespace picket
