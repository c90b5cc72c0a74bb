#include "authd/accounts/ids.h"

#include <fmt/format.h>

#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

constexpr std::uint32_t kPerMillisecond = 0x1000;
constexpr std::int64_t kMillisMask = 0xFFFFFFFFFFFF;

}  // namespace

std::string Ids::next() {
  const std::string random = random_.hex(8);
  const std::uint64_t variant = 8 + (random_.below(4));  // the bits 10xx
  const MutexLock lock(mutex_);
  const std::int64_t now = unix_millis(clock_.wall()) & kMillisMask;
  if (now > last_ms_) {
    last_ms_ = now;
    count_ = 0;
  } else if (++count_ == kPerMillisecond) {
    ++last_ms_;
    count_ = 0;
  }
  return fmt::format("{:08x}-{:04x}-7{:03x}-{:x}{}-{}", last_ms_ >> 16, last_ms_ & 0xFFFF, count_, variant,
                     random.substr(0, 3), random.substr(4, 12));
}

}  // namespace picket::authd
