// A token bucket per client address. Bounded in addresses: when the table is full, those whose bucket is full
// again are forgotten, and a newcomer is let through rather than a known client refused. Not thread-safe.
#pragma once

#include <string>
#include <unordered_map>

#include "base/http/web_config.h"

namespace picket {

class RateLimiter {
 public:
  static constexpr std::size_t kMaxAddresses = 16384;

  /// Takes a token. When there is none: how long until there is one; else zero.
  Duration take(const RateLimit& limit, const std::string& address, MonoTime now);
  std::size_t addresses() const { return full_at_.size(); }

 private:
  void forget(MonoTime now);

  /// A bucket is told by when it will be full again: one number, no refilling.
  std::unordered_map<std::string, MonoTime> full_at_;
  MonoTime next_sweep_{};
};

}  // namespace picket
