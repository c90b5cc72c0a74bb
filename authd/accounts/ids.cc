#include "authd/accounts/ids.h"

#include <fmt/format.h>

namespace picket::authd {

std::string Ids::next() {
  const std::string random = random_.hex(8);
  const std::uint64_t variant = 8 + (random_.below(4));  // the bits 10xx
  const auto [millis, count] = stamps_.next();
  return fmt::format("{:08x}-{:04x}-7{:03x}-{:x}{}-{}", (millis >> 16) & 0xFFFFFFFF, millis & 0xFFFF, count,
                     variant, random.substr(0, 3), random.substr(4, 12));
}

}  // namespace picket::authd
