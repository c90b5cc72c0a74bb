#include "base/deliver/retry.h"

#include <algorithm>
#include <cmath>

namespace picket {

Duration retry_wait(const RetryPolicy& policy, int attempts, std::optional<Duration> retry_after,
                    double unit) {
  constexpr int kMaxDoublings = 30;
  const double factor = std::ldexp(1.0, std::clamp(attempts - 1, 0, kMaxDoublings));
  const Duration base = from_seconds(std::min(seconds(policy.initial) * factor, seconds(policy.max)));
  const Duration spread = from_seconds(seconds(base) * (0.8 + 0.4 * unit));
  if (!retry_after) return spread;
  return std::max(spread, std::min(*retry_after, policy.max_retry_after));
}

}  // namespace picket
