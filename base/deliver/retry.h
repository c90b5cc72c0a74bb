// When a delivery that failed for now is tried again. Source: exponential backoff with full bounds; RFC 9110
// 10.2.3 for Retry-After. Pure; for alertd's courier and authd's post.
#pragma once

#include <optional>

#include "base/text/duration.h"

namespace picket {

struct RetryPolicy {
  Duration initial = std::chrono::seconds(1);
  Duration max = std::chrono::minutes(5);
  /// A peer that asks for more than this is tried again after this.
  Duration max_retry_after = std::chrono::hours(1);
};

/// Wait after the `attempts`-th failed try (1, 2, ...): initial * 2^(attempts-1) up to max, spread by +-20 %
/// with `unit` in [0, 1); at least what the peer asked for.
Duration retry_wait(const RetryPolicy& policy, int attempts, std::optional<Duration> retry_after,
                    double unit);

}  // namespace picket
