// The limiters and the gate before them, as the configuration wants them: in this process alone, or shared
// through Redis.
#pragma once

#include <memory>

#include "authd/ratelimit/limit_collector.h"
#include "authd/ratelimit/redis_limiter.h"

namespace picket::authd {

class Limits {
 public:
  /// `clock` must outlive it. A change of the Redis server needs a restart.
  Limits(const RateLimitConfig& config, const Clock& clock);

  LimitGate& gate() { return gate_; }
  bool is_remote() const { return redis_ != nullptr; }  ///< a question may wait for Redis
  /// Whether Redis answers, as the latest questions found it. Fine without one.
  Result<void> reach() const;
  Collector& collector() { return collector_; }
  void reload(const RateLimitConfig& config) {
    gate_.reload(std::make_shared<const RateLimitConfig>(config));
  }

 private:
  RateLimiter& limiter();

  MemoryLimiter memory_;
  std::unique_ptr<RedisPool> pool_;  ///< null without Redis
  std::unique_ptr<RedisLimiter> redis_;
  LimitGate gate_;
  LimitCollector collector_;
};

}  // namespace picket::authd
