// Go's time: layouts ("2006-01-02 15:04:05 MST") and the methods of time.Time and time.Duration that
// templates call.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "alertd/templates/value.h"
#include "base/result/result.h"

namespace picket::alertd {

/// Seconds since 1970, cut to milliseconds as Prometheus' model.Time is. Requires |seconds| < 9.2e9.
Timestamp model_time(double unix_seconds);

bool is_known_zone(std::string_view name);
std::string format_go_time(const ZonedTime& time, std::string_view layout);
/// time.Time's String(): "2026-01-05 12:00:00.5 +0000 UTC".
std::string format_go_time(const ZonedTime& time);
/// time.Parse. What the layout leaves out is 0, the zone UTC.
Result<ZonedTime> parse_go_time(std::string_view layout, std::string_view text);

/// A method of time.Time or time.Duration; null when there is none of that name.
Method find_time_method(std::string_view name);
Method find_duration_method(std::string_view name);

}  // namespace picket::alertd
