// Calendar windows with time zones: Alertmanager's time_interval (times, weekdays, days_of_month, months,
// years, location). Used for maintenance windows and for active/mute intervals. Immutable after construction.
// And days: which one it is in a zone, and when it begins there.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"
#include "base/time/clock.h"

namespace picket {

struct IntRange {  ///< both ends included
  int first = 0;
  int last = 0;
  bool operator==(const IntRange&) const = default;
};
struct MinuteRange {  ///< minutes of the day, `end` excluded, up to 1440
  int start = 0;
  int end = 0;
  bool operator==(const MinuteRange&) const = default;
};

/// An empty list means "any". Source: alertmanager timeinterval.TimeInterval.
struct CalendarWindow {
  std::vector<MinuteRange> times;
  std::vector<IntRange> weekdays;       ///< 0 is Sunday
  std::vector<IntRange> days_of_month;  ///< 1..31, or -1..-31 counted from the month's end
  std::vector<IntRange> months;         ///< 1..12
  std::vector<IntRange> years;
  std::string location = "UTC";  ///< IANA name
  bool operator==(const CalendarWindow&) const = default;
};

/// Whether `time`, seen in the window's zone, falls into it. A zone that is
/// not known (see check_location) counts as UTC.
bool contains(const CalendarWindow& window, WallTime time);

/// A day of the calendar, wherever it is one.
using Day = std::chrono::sys_days;
/// The day that it is in the zone. A zone that is not known counts as UTC, here and below.
Day day_at(std::string_view location, WallTime time);
/// When the day begins in the zone: at its first midnight, or, where the clocks skip midnight, right after the
/// gap. Days have 23 to 25 hours where the clocks change.
WallTime start_of_day(std::string_view location, Day day);
/// When the clocks of the zone show that time of that day: the first time of two, and the end of the gap when they
/// skip it.
WallTime moment_at(std::string_view location, Day day, Duration time_of_day);
/// "2026-11-30", from 1970 to 2199. InvalidInput for anything else.
Result<Day> parse_day(std::string_view text);
std::string format_day(Day day);

/// InvalidInput for a zone that the system's tzdata does not know.
Result<void> check_location(std::string_view location);
/// "09:00" and "24:00" to minutes; "monday:friday", "-7:-1", "january:march", "2026:2030" to ranges, as
/// alertmanager.yml writes them.
Result<int> parse_minute_of_day(std::string_view text);
Result<IntRange> parse_weekday_range(std::string_view text);
Result<IntRange> parse_day_of_month_range(std::string_view text);
Result<IntRange> parse_month_range(std::string_view text);
Result<IntRange> parse_year_range(std::string_view text);

}  // namespace picket
