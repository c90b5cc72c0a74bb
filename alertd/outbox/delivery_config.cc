#include "alertd/outbox/delivery_config.h"

#include "base/deliver/retry.h"

namespace picket::alertd {

Duration backoff(const DeliveryConfig& config, int attempts, std::optional<Duration> retry_after,
                 double unit) {
  return retry_wait({config.initial, config.max, config.max_retry_after}, attempts, retry_after, unit);
}

}  // namespace picket::alertd
