#include "alertd/outbox/delivery_id.h"

#include <fmt/format.h>

#include "base/time/timestamp.h"

namespace picket::alertd {

std::string DeliveryIds::next() {
  constexpr std::uint32_t kPerMillisecond = 0x10000;
  const std::string random = random_.hex(8);
  const MutexLock lock(mutex_);
  const std::int64_t now = unix_millis(clock_.wall());
  if (now > last_ms_) {
    last_ms_ = now;
    count_ = 0;
  } else if (++count_ == kPerMillisecond) {
    ++last_ms_;
    count_ = 0;
  }
  return fmt::format("{:012x}-{:04x}-{}", last_ms_, count_, random);
}

}  // namespace picket::alertd
