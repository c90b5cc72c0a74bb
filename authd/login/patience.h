// How long a caller waits for its turn. A value.
#pragma once

#include <stop_token>

#include "base/time/clock.h"

namespace picket::authd {

struct Patience {
  Deadline deadline{};
  std::stop_token gone{};
};

/// The deadline's clock may not be that of the condition variable: it is asked again at least so often.
inline constexpr Duration kLookAgain = std::chrono::milliseconds(100);

}  // namespace picket::authd
