#include "alertd/outbox/delivery_id.h"

#include <fmt/format.h>

namespace picket::alertd {

std::string DeliveryIds::next() {
  const auto [millis, count] = stamps_.next();
  return fmt::format("{:012x}-{:04x}-{}", millis, count, random_.hex(8));
}

}  // namespace picket::alertd
