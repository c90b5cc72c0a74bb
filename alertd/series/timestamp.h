// Moments of samples and evaluations: the wall clock, in nanoseconds. kNever stands for Go's zero time.
#pragma once

#include "base/time/clock.h"

namespace picket::alertd {

using Timestamp = WallTime;
inline constexpr Timestamp kNever{};

}  // namespace picket::alertd
