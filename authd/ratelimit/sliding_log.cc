#include "authd/ratelimit/sliding_log.h"

#include <algorithm>

namespace picket::authd {
namespace {

using Millis = std::chrono::milliseconds;

/// Moments of spending are rounded up and the present is rounded down: the difference never looks longer than
/// it was, so that rounding cannot let a unit too many pass.
std::int64_t floor_ms(MonoTime time) {
  return std::chrono::floor<Millis>(time.time_since_epoch()).count();
}
std::int64_t ceil_ms(MonoTime time) {
  return std::chrono::ceil<Millis>(time.time_since_epoch()).count();
}

std::int64_t age_of(std::uint32_t spent, std::int64_t now_ms) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(now_ms) - spent);
}

}  // namespace

void SlidingLog::forget_before(std::int64_t now_ms, std::int64_t window_ms) {
  while (first_ < spent_.size() && age_of(spent_[first_], now_ms) >= window_ms) ++first_;
  compact();
}

void SlidingLog::compact() {
  if (first_ < spent_.size() / 2) return;
  spent_.erase(spent_.begin(), spent_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
}

Duration SlidingLog::leaves_after(std::size_t index, std::int64_t now_ms, std::int64_t window_ms) const {
  return Millis(std::clamp<std::int64_t>(window_ms - age_of(spent_.at(index), now_ms), 0, window_ms));
}

void SlidingLog::give_back(std::uint32_t units) {
  spent_.resize(spent_.size() - std::min(units, used()));
}

Decision SlidingLog::take(const Tier& tier, std::uint32_t cost, MonoTime now) {
  const std::int64_t now_ms = floor_ms(now);
  const std::int64_t window_ms = std::chrono::ceil<Millis>(tier.window).count();
  if (now - last_seen_ > std::max<Duration>(2 * tier.window, std::chrono::hours(48))) {
    spent_.clear();  // before differences of 32 bits could turn over
    first_ = 0;
  }
  last_seen_ = now;
  forget_before(now_ms, window_ms);
  Decision decision{.limit = tier.limit};
  decision.allowed = cost <= tier.limit && used() <= tier.limit - cost;
  if (decision.allowed && cost > 0) {
    spent_.insert(spent_.end(), cost, static_cast<std::uint32_t>(ceil_ms(now)));
    empty_at_ = now + tier.window + Millis(2);
  }
  if (!decision.allowed) {
    const bool fits_ever = cost <= tier.limit;
    decision.retry_after =
        fits_ever ? leaves_after(first_ + used() + cost - tier.limit - 1, now_ms, window_ms) : tier.window;
  }
  decision.remaining = tier.limit - std::min(tier.limit, used());
  if (used() > 0) decision.reset_after = leaves_after(first_, now_ms, window_ms);
  return decision;
}

}  // namespace picket::authd
