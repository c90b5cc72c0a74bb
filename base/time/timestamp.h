// Moments of the wall clock as numbers and text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result/result.h"
#include "base/time/clock.h"

namespace picket {

double unix_seconds(WallTime time);
std::int64_t unix_millis(WallTime time);
WallTime from_unix_seconds(double seconds);
WallTime from_unix_millis(std::int64_t millis);

/// RFC 3339 in UTC with milliseconds: "2026-11-21T10:00:00.000Z".
std::string format_rfc3339(WallTime time);
/// Any RFC 3339 date-time with zone, fraction up to nanoseconds.
Result<WallTime> parse_rfc3339(std::string_view text);
/// IMF-fixdate (RFC 9110 5.6.7), for HTTP Date and, with "+0000", for mail.
std::string format_http_date(WallTime time);
Result<WallTime> parse_http_date(std::string_view text);

}  // namespace picket
