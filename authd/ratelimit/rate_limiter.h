// The face of the limiters: MemoryLimiter within one process, RedisLimiter over several. Both are exact: in
// no window of a tier's length are more than `limit` units allowed, whatever runs at once.
#pragma once

#include <string_view>

#include "authd/ratelimit/tier.h"

namespace picket::authd {

/// Safe from any thread.
class RateLimiter {
 public:
  virtual ~RateLimiter() = default;
  /// Spends `cost` units when they fit, and none otherwise. 0 only looks. More than the limit never fits.
  /// Where a tier's limit or window has changed since, the new one counts from here on.
  virtual Decision check(const Tier& tier, std::string_view subject, std::uint32_t cost) = 0;
  /// Takes units back, those that were spent last. Nothing where none is left.
  virtual void give_back(const Tier& tier, std::string_view subject, std::uint32_t units) = 0;
  /// As if the subject had spent nothing.
  virtual void forget(const Tier& tier, std::string_view subject) = 0;
};

}  // namespace picket::authd
