// A token bucket per client address. Bounded in addresses: when the table is full, those whose bucket is full
// again are forgotten, and a newcomer is let through rather than a known client refused. Safe from any
// thread.
#pragma once

#include <string>
#include <unordered_map>

#include "base/exec/mutex.h"
#include "base/http/web_config.h"

namespace picket {

class RateLimiter {
 public:
  static constexpr std::size_t kMaxAddresses = 16384;

  /// Takes a token. When there is none: how long until there is one; else zero.
  Duration take(const RateLimit& limit, const std::string& address, MonoTime now) EXCLUDES(mutex_);
  std::size_t addresses() const EXCLUDES(mutex_);

 private:
  void forget(MonoTime now) REQUIRES(mutex_);

  mutable Mutex mutex_;
  /// A bucket is told by when it will be full again: one number, no refilling.
  std::unordered_map<std::string, MonoTime> full_at_ GUARDED_BY(mutex_);
  MonoTime next_sweep_ GUARDED_BY(mutex_){};
};

}  // namespace picket
