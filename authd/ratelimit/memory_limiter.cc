#include "authd/ratelimit/memory_limiter.h"

#include <algorithm>
#include <functional>

namespace picket::authd {
namespace {

std::string key_of(const Tier& tier, std::string_view subject) {
  std::string key;
  key.reserve(tier.name.size() + 1 + subject.size());
  return key.append(tier.name).append(1, '\n').append(subject);
}

}  // namespace

MemoryLimiter::MemoryLimiter(const Clock& clock, std::size_t subjects_max, WhenFull when_full)
    : clock_(clock),
      shard_capacity_(std::max<std::size_t>(1, (subjects_max + kShards - 1) / kShards)),
      when_full_(when_full) {}

MemoryLimiter::Shard& MemoryLimiter::shard_of(const std::string& key) {
  return shards_.at(std::hash<std::string>{}(key) / 7 % kShards);
}

/// A full shard is swept at most once a second, so that a flood of newcomers does not cost a sweep each.
bool MemoryLimiter::make_room(Shard& shard, MonoTime now) {
  if (shard.logs.size() < shard_capacity_) return true;
  if (now < shard.next_sweep) return false;
  shard.next_sweep = now + std::chrono::seconds(1);
  std::erase_if(shard.logs, [now](const auto& entry) { return entry.second.is_empty(now); });
  return shard.logs.size() < shard_capacity_;
}

Decision MemoryLimiter::answer_when_full(const Tier& tier) {
  full_.fetch_add(1, std::memory_order_relaxed);
  if (when_full_ == WhenFull::Allow) return {.limit = tier.limit, .remaining = tier.limit};
  constexpr Duration kPause = std::chrono::seconds(1);
  return {.allowed = false, .limit = tier.limit, .reset_after = kPause, .retry_after = kPause};
}

Decision MemoryLimiter::check(const Tier& tier, std::string_view subject, std::uint32_t cost) {
  const std::string key = key_of(tier, subject);
  Shard& shard = shard_of(key);
  const MutexLock lock(shard.mutex);
  // Under the lock: moments in a log are in order.
  const MonoTime now = clock_.mono();
  auto found = shard.logs.find(key);
  if (found == shard.logs.end()) {
    if (cost == 0) return SlidingLog().take(tier, 0, now);
    if (!make_room(shard, now)) return answer_when_full(tier);
    found = shard.logs.try_emplace(key).first;
  }
  return found->second.take(tier, cost, now);
}

void MemoryLimiter::give_back(const Tier& tier, std::string_view subject, std::uint32_t units) {
  const std::string key = key_of(tier, subject);
  Shard& shard = shard_of(key);
  const MutexLock lock(shard.mutex);
  const auto found = shard.logs.find(key);
  if (found != shard.logs.end()) found->second.give_back(units);
}

void MemoryLimiter::forget(const Tier& tier, std::string_view subject) {
  const std::string key = key_of(tier, subject);
  Shard& shard = shard_of(key);
  const MutexLock lock(shard.mutex);
  shard.logs.erase(key);
}

MemoryLimiter::Counts MemoryLimiter::counts() const {
  Counts counts{0, full_.load()};
  for (const Shard& shard : shards_) {
    const MutexLock lock(shard.mutex);
    counts.subjects += shard.logs.size();
  }
  return counts;
}

}  // namespace picket::authd
