#include "alertd/delivery/lane.h"

#include <algorithm>

namespace picket::alertd {

int Lane::free(MonoTime now) const {
  if (!down_) return limits_.concurrency - under_way_;
  return under_way_ == 0 && now >= next_probe_ ? 1 : 0;
}

bool Lane::ended(const std::string& message, const DeliveryResult& result, MonoTime now) {
  --under_way_;
  if (result.outcome != DeliveryOutcome::Retry) {  // a refusal, too, is an answer
    failing_.clear();
    return std::exchange(down_, false);
  }
  constexpr std::size_t kEnough = 2;
  if (failing_.size() < kEnough) failing_.insert(message);
  const bool no_answer = result.code == 0;
  if (no_answer || result.retry_after || failing_.size() > 1) down_ = true;
  if (!down_) return false;
  const Duration pause = std::min(result.retry_after.value_or(Duration::zero()), limits_.max_retry_after);
  next_probe_ = std::max(next_probe_, now + std::max(limits_.probe_interval, pause));
  return false;
}

}  // namespace picket::alertd
