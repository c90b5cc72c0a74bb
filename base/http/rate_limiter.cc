#include "base/http/rate_limiter.h"

#include <algorithm>

namespace picket {

Duration RateLimiter::take(const RateLimit& limit, const std::string& address, MonoTime now) {
  if (limit.interval <= Duration::zero() || limit.burst == 0) return Duration::zero();
  const MutexLock lock(mutex_);
  const Duration capacity = limit.interval * limit.burst;
  auto bucket = full_at_.find(address);
  if (bucket == full_at_.end()) {
    if (full_at_.size() >= kMaxAddresses) forget(now);
    if (full_at_.size() >= kMaxAddresses) return Duration::zero();
    bucket = full_at_.emplace(address, now).first;
  }
  const MonoTime full_at = std::max(bucket->second, now) + limit.interval;
  if (full_at - now > capacity) return full_at - now - capacity;
  bucket->second = full_at;
  return Duration::zero();
}

std::size_t RateLimiter::addresses() const {
  const MutexLock lock(mutex_);
  return full_at_.size();
}

void RateLimiter::forget(MonoTime now) {
  if (now < next_sweep_) return;  // a full table is swept at most once a second
  next_sweep_ = now + std::chrono::seconds(1);
  std::erase_if(full_at_, [now](const auto& bucket) { return bucket.second <= now; });
}

}  // namespace picket
