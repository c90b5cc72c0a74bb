// Limits within this process: sharded, bounded in subjects, on the monotonic clock (steps of the wall clock
// do nothing). Used alone, or by RedisLimiter while Redis is away.
#pragma once

#include <array>
#include <atomic>
#include <string>
#include <unordered_map>

#include "authd/ratelimit/rate_limiter.h"
#include "authd/ratelimit/sliding_log.h"
#include "base/exec/mutex.h"

namespace picket::authd {

/// What a newcomer is told when every place is taken by subjects that have spent something lately. Allow by
/// default: one who owns many networks can fill the table, and must not thereby shut everybody else out.
enum class WhenFull : std::uint8_t { Allow, Deny };

class MemoryLimiter final : public RateLimiter {
 public:
  struct Counts {
    std::size_t subjects = 0;
    std::uint64_t full = 0;  ///< newcomers who found no place
  };

  /// At most `subjects_max` (rounded up to a multiple of the shards) are remembered: about 150 bytes each,
  /// and 4 to 8 for each unit of its last window.
  MemoryLimiter(const Clock& clock, std::size_t subjects_max, WhenFull when_full = WhenFull::Allow);

  Decision check(const Tier& tier, std::string_view subject, std::uint32_t cost) override;
  void give_back(const Tier& tier, std::string_view subject, std::uint32_t units) override;
  void forget(const Tier& tier, std::string_view subject) override;
  Counts counts() const;

 private:
  struct Shard {
    mutable Mutex mutex;
    std::unordered_map<std::string, SlidingLog> logs GUARDED_BY(mutex);
    MonoTime next_sweep GUARDED_BY(mutex){};
  };
  static constexpr std::size_t kShards = 64;

  Shard& shard_of(const std::string& key);
  bool make_room(Shard& shard, MonoTime now) REQUIRES(shard.mutex);
  Decision answer_when_full(const Tier& tier);

  const Clock& clock_;
  const std::size_t shard_capacity_;
  const WhenFull when_full_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> full_{0};
};

}  // namespace picket::authd
