// How many messages of one integration may be under way now, and whether its peer is down. A dead peer costs
// one try every probe interval and never holds up another integration. Pure: the caller gives the time. Not
// thread-safe.
#pragma once

#include <set>
#include <string>

#include "base/deliver/delivery.h"
#include "base/time/clock.h"

namespace picket::alertd {

struct LaneLimits {
  int concurrency = 4;
  Duration probe_interval = std::chrono::seconds(10);
  Duration max_retry_after = std::chrono::hours(1);
};

class Lane {
 public:
  explicit Lane(LaneLimits limits = {}) : limits_(limits) {}

  /// Messages that may be started now. One while the peer is down, and then only to see whether it is back.
  int free(MonoTime now) const;
  /// The peer gave no answer, asked for a pause, or failed two messages in a row. One message that it always
  /// fails is that message's trouble.
  bool down() const { return down_; }
  int under_way() const { return under_way_; }

  /// A new lane whose peer asked for a pause before this process was started.
  void pause_until(MonoTime time) {
    down_ = true;
    next_probe_ = time;
  }
  void started() { ++under_way_; }
  void not_started() { --under_way_; }  ///< after started(): no thread took it
  /// Answers whether a peer that was down is back.
  bool ended(const std::string& message, const DeliveryResult& result, MonoTime now);

 private:
  LaneLimits limits_;
  int under_way_ = 0;
  bool down_ = false;
  MonoTime next_probe_{};
  std::set<std::string> failing_;  ///< the first two that failed since the last success
};

}  // namespace picket::alertd
