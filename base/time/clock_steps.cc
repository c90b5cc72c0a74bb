#include "base/time/clock_steps.h"

namespace picket {

Duration ClockSteps::look() {
  constexpr Duration kTolerance = std::chrono::seconds(2);
  const Duration now = offset();
  const Duration step = now - offset_;
  offset_ = now;
  return step <= kTolerance && step >= -kTolerance ? Duration::zero() : step;
}

}  // namespace picket
