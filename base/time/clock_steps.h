// Sees steps of the wall clock (NTP, a person, a suspend) by comparing it with the monotonic one. Not
// thread-safe.
#pragma once

#include "base/time/clock.h"

namespace picket {

class ClockSteps {
 public:
  explicit ClockSteps(const Clock& clock) : clock_(clock), offset_(offset()) {}
  /// By how much the wall clock was stepped since the last look; zero when it was not. Up to 2 s are no step:
  /// clocks drift and are slewed.
  Duration look();

 private:
  Duration offset() const { return clock_.wall().time_since_epoch() - clock_.mono().time_since_epoch(); }

  const Clock& clock_;
  Duration offset_;  ///< of the wall clock from the monotonic one
};

}  // namespace picket
