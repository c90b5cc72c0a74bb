// `delivery:` of alertd.yml. When to try again, and for how long. Source: exponential backoff with full
// bounds; RFC 9110 10.2.3 for Retry-After.
#pragma once

#include <optional>

#include "base/text/duration.h"

namespace picket::alertd {

struct DeliveryConfig {
  Duration initial = std::chrono::seconds(1);
  Duration max = std::chrono::minutes(5);
  /// A peer that asks for more than this is tried again after this.
  Duration max_retry_after = std::chrono::hours(1);
  /// Older messages are given up (state expired).
  Duration lifetime = std::chrono::hours(24);
  /// The ledger of an older message keeps everything but its text.
  Duration payload_retention = std::chrono::hours(24 * 7);
};

/// Wait after the `attempts`-th failed try (1, 2, ...): initial * 2^(attempts-1) up to max, spread by +-20 %
/// with `unit` in [0, 1); at least what the peer asked for.
Duration backoff(const DeliveryConfig& config, int attempts, std::optional<Duration> retry_after,
                 double unit);

}  // namespace picket::alertd
