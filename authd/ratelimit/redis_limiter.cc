#include "authd/ratelimit/redis_limiter.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/text/encoding.h"

namespace picket::authd {
namespace {

/// A list of the moments (microseconds) at which units were spent, oldest first. Takes limit, window and
/// cost; answers allowed, used, microseconds until the oldest leaves, and until the cost would fit. Redis'
/// clock may be set back: time then stands still for this subject, unless that would take longer than a
/// window. Numbers are written by %.0f, as Lua itself would round them to 14 digits.
constexpr std::string_view kScript = R"lua(
local key, limit, window, cost = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local function at(index) return tonumber(redis.call('LINDEX', key, index) or '') end
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local newest = at(-1)
if newest and newest - now > window then
  redis.call('DEL', key)
elseif newest and newest > now then
  now = newest
end
local oldest = at(0)
while oldest and now - oldest >= window do
  redis.call('LPOP', key)
  oldest = at(0)
end
local used = redis.call('LLEN', key)
local allowed, wait = 1, 0
if cost > limit then
  allowed, wait = 0, window
elseif used + cost > limit then
  allowed, wait = 0, at(used + cost - limit - 1) + window - now
elseif cost > 0 then
  for _ = 1, cost do redis.call('RPUSH', key, string.format('%.0f', now)) end
  redis.call('PEXPIRE', key, math.ceil(window / 1000))
  used = used + cost
  oldest = oldest or now
end
return {allowed, used, oldest and (oldest + window - now) or 0, wait}
)lua";

constexpr std::size_t kAnswerNumbers = 4;

}  // namespace

RedisLimiter::RedisLimiter(RedisPool& pool, RateLimiter& fallback, RedisDown down)
    : pool_(pool), fallback_(fallback), down_(down), script_id_(hex_encode(sha1(kScript))) {}

std::string RedisLimiter::key_of(const Tier& tier, std::string_view subject) const {
  return fmt::format("{}limit:{}:{}", pool_.config().key_prefix, tier.name, subject);
}

Decision RedisLimiter::check(const Tier& tier, std::string_view subject, std::uint32_t cost) {
  const auto window_us = std::chrono::ceil<std::chrono::microseconds>(tier.window).count();
  std::vector<std::string> command{"EVALSHA",
                                   script_id_,
                                   "1",
                                   key_of(tier, subject),
                                   std::to_string(tier.limit),
                                   std::to_string(window_us),
                                   std::to_string(cost)};
  auto answer = pool_.numbers(command);
  if (!answer && answer.error().kind == ErrorKind::NotFound) {  // a Redis that has not seen the script yet
    command[0] = "EVAL";
    command[1] = kScript;
    answer = pool_.numbers(command);
  }
  if (!answer || answer->size() != kAnswerNumbers) return answer_without(tier, subject, cost);
  const auto used = static_cast<std::uint32_t>(answer->at(1));
  return {.allowed = answer->at(0) == 1,
          .limit = tier.limit,
          .remaining = tier.limit - std::min(tier.limit, used),
          .reset_after = std::chrono::microseconds(answer->at(2)),
          .retry_after = std::chrono::microseconds(answer->at(3))};
}

Decision RedisLimiter::answer_without(const Tier& tier, std::string_view subject, std::uint32_t cost) {
  without_redis_.fetch_add(1, std::memory_order_relaxed);
  if (down_ == RedisDown::Memory) return fallback_.check(tier, subject, cost);
  if (down_ == RedisDown::Allow) return {.limit = tier.limit, .remaining = tier.limit};
  const Duration pause = pool_.config().pause_after_failure;
  return {.allowed = false, .limit = tier.limit, .reset_after = pause, .retry_after = pause};
}

void RedisLimiter::give_back(const Tier& tier, std::string_view subject, std::uint32_t units) {
  const std::vector<std::string> command{"LTRIM", key_of(tier, subject), "0",
                                         fmt::format("-{}", units + 1ULL)};
  if (!pool_.numbers(command)) fallback_.give_back(tier, subject, units);
}

void RedisLimiter::forget(const Tier& tier, std::string_view subject) {
  fallback_.forget(tier, subject);
  const std::vector<std::string> command{"DEL", key_of(tier, subject)};
  static_cast<void>(pool_.numbers(command));  // away: what it holds leaves by itself
}

}  // namespace picket::authd
