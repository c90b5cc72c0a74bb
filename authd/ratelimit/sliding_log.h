// When the units of the last window were spent, by one subject: 4 bytes a unit, at most twice the limit of
// them. Of the ways to limit, only the log is exact; buckets of two windows let up to twice the limit pass
// around a boundary, and estimate in between. Limits here are tens to hundreds, so that the log is cheap.
// Moments are milliseconds of the monotonic clock, kept modulo 2^32 (49 days; windows have at most one).
// Not thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "authd/ratelimit/tier.h"
#include "base/time/clock.h"

namespace picket::authd {

class SlidingLog {
 public:
  Decision take(const Tier& tier, std::uint32_t cost, MonoTime now);
  /// The units that were spent last.
  void give_back(std::uint32_t units);
  /// True when nothing of it counts any more.
  bool is_empty(MonoTime now) const { return now >= empty_at_; }

 private:
  void forget_before(std::int64_t now_ms, std::int64_t window_ms);
  void compact();
  std::uint32_t used() const { return static_cast<std::uint32_t>(spent_.size() - first_); }
  Duration leaves_after(std::size_t index, std::int64_t now_ms, std::int64_t window_ms) const;

  std::vector<std::uint32_t> spent_;  ///< oldest first
  std::size_t first_ = 0;             ///< the ones before it have left the window
  MonoTime last_seen_{};
  MonoTime empty_at_{};
};

}  // namespace picket::authd
