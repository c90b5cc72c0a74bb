#include "exporters/security/signals/signal_clock.h"

#include <algorithm>

namespace picket::security {

SignalClock::Moment SignalClock::take(const LogRecord& record, const LineOrigin& origin) {
  Moment moment{.time = record.time.value_or(origin.read_at)};
  const Seconds read_at = seconds_of(origin.read_at);
  moment.is_refused = seconds_of(moment.time) > read_at + kAheadMax;
  if (moment.is_refused) moment.time = origin.read_at;
  const Seconds at = seconds_of(moment.time);
  if (at >= now_ || now_ - at <= kLateMax) {
    now_ = std::max(now_, at);
    late_lines_ = 0;
  } else if (++late_lines_ >= kLateLinesMax) {
    now_ = at;
    late_lines_ = 0;
    moment.is_reset = true;
  }
  return moment;
}

Seconds seconds_of(WallTime time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  return std::clamp<Seconds>(whole, 1, kSecondsMax);
}

WallTime wall_time(Seconds seconds) {
  return WallTime(std::chrono::seconds(seconds));
}

}  // namespace picket::security
