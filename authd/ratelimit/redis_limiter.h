// Limits that several replicas share: the same sliding log, in Redis, by one Lua script, on Redis' own clock.
// When Redis is away the configured answer counts: the limits of this process alone (default), all allowed,
// or all denied.
#pragma once

#include <atomic>

#include "authd/ratelimit/rate_limiter.h"
#include "authd/ratelimit/redis_pool.h"

namespace picket::authd {

enum class RedisDown : std::uint8_t { Memory, Allow, Deny };

class RedisLimiter final : public RateLimiter {
 public:
  /// `fallback` serves while Redis is away, when `down` is Memory; it is not told what Redis counted before.
  RedisLimiter(RedisPool& pool, RateLimiter& fallback, RedisDown down);

  Decision check(const Tier& tier, std::string_view subject, std::uint32_t cost) override;
  void give_back(const Tier& tier, std::string_view subject, std::uint32_t units) override;
  void forget(const Tier& tier, std::string_view subject) override;

  bool is_up() const { return pool_.is_up(); }
  std::uint64_t answered_without_redis() const { return without_redis_; }

 private:
  Decision answer_without(const Tier& tier, std::string_view subject, std::uint32_t cost);
  std::string key_of(const Tier& tier, std::string_view subject) const;

  RedisPool& pool_;
  RateLimiter& fallback_;
  const RedisDown down_;
  const std::string script_id_;
  std::atomic<std::uint64_t> without_redis_{0};
};

}  // namespace picket::authd
