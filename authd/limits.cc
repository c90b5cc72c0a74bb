#include "authd/limits.h"

namespace picket::authd {

Limits::Limits(const RateLimitConfig& config, const Clock& clock)
    : memory_(clock, config.subjects_max, config.when_full),
      pool_(config.redis ? std::make_unique<RedisPool>(*config.redis, clock) : nullptr),
      redis_(pool_ ? std::make_unique<RedisLimiter>(*pool_, memory_, config.redis_down) : nullptr),
      gate_(std::make_shared<const RateLimitConfig>(config), limiter(), clock),
      collector_(gate_, memory_, redis_.get()) {}

RateLimiter& Limits::limiter() {
  if (redis_) return *redis_;
  return memory_;
}

Result<void> Limits::reach() const {
  if (!pool_ || pool_->is_up()) return {};
  return fail(
      ErrorKind::Unavailable,
      fmt::format("Redis at {} does not answer; limits go by ratelimit.redis_down", pool_->config().address));
}

}  // namespace picket::authd
