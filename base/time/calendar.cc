#include "base/time/calendar.h"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <optional>
#include <utility>

#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket {
namespace {

constexpr std::array<std::string_view, 7> kWeekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};
constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                   "may",       "june",     "july",     "august",
                                                   "september", "october",  "november", "december"};

struct LocalTime {
  int year, month, day, weekday, minute_of_day, days_in_month;
};

bool is_utc(std::string_view location) {
  return location.empty() || location == "UTC";
}

// Null when the zone is not known. UTC works without tzdata.
const date::time_zone* find_zone(std::string_view location) {
  try {
    return location == "Local" ? date::current_zone() : date::locate_zone(std::string(location));
  } catch (const std::exception&) {
    return nullptr;
  }
}

/// The zone was known when the configuration was read. The machine's own may be unreadable for a moment while
/// it is changed: then the last one counts.
const date::time_zone* known_zone(std::string_view location) {
  static std::atomic<const date::time_zone*> last_local{nullptr};
  const date::time_zone* const zone = find_zone(location);
  if (location != "Local") return zone;
  if (zone != nullptr) last_local = zone;
  return zone != nullptr ? zone : last_local.load();
}

date::local_time<Duration> to_local(std::string_view location, WallTime time) {
  const date::local_time<Duration> utc(time.time_since_epoch());
  if (is_utc(location)) return utc;
  const date::time_zone* const zone = known_zone(location);
  return zone == nullptr ? utc : zone->to_local(time);
}

LocalTime local_time(std::string_view location, WallTime time) {
  const auto local = to_local(location, time);
  const auto day = date::floor<date::days>(local);
  const date::year_month_day ymd(day);
  const auto last = date::year_month_day_last(ymd.year(), date::month_day_last(ymd.month())).day();
  const auto minutes = date::floor<std::chrono::minutes>(local - day);
  return {int(ymd.year()),
          static_cast<int>(unsigned(ymd.month())),
          static_cast<int>(unsigned(ymd.day())),
          static_cast<int>(date::weekday(day).c_encoding()),
          static_cast<int>(minutes.count()),
          static_cast<int>(unsigned(last))};
}

bool any_contains(const std::vector<IntRange>& ranges, int value) {
  return ranges.empty() ||
         std::ranges::any_of(ranges, [value](IntRange r) { return value >= r.first && value <= r.last; });
}

bool any_contains(const std::vector<MinuteRange>& ranges, int minute) {
  return ranges.empty() ||
         std::ranges::any_of(ranges, [minute](MinuteRange r) { return minute >= r.start && minute < r.end; });
}

// Days before the month's first and after its last are moved to the month's edge; a range that starts after
// the month's end does not match at all.
bool days_contain(const std::vector<IntRange>& ranges, const LocalTime& local) {
  const int last_day = local.days_in_month;
  const auto from_start = [&](int day) { return day < 0 ? last_day + day + 1 : day; };
  return ranges.empty() || std::ranges::any_of(ranges, [&](IntRange r) {
           return from_start(r.first) <= last_day && local.day >= from_start(r.first) &&
                  local.day <= from_start(r.last);
         });
}

template <std::size_t N>
std::optional<int> index_of(const std::array<std::string_view, N>& names, std::string_view text) {
  for (std::size_t i = 0; i < N; ++i) {
    if (iequals(names[i], text)) return static_cast<int>(i);
  }
  return std::nullopt;
}

std::optional<int> number_in(std::string_view text, int first, int last) {
  const auto number = parse_int(text);
  if (!number || *number < first || *number > last) return std::nullopt;
  return static_cast<int>(*number);
}

// "a" or "a:b" with `parse_end` for each; `order` maps a value to what must not decrease.
template <class ParseEnd, class Order>
Result<IntRange> parse_range(std::string_view text, std::string_view what, ParseEnd parse_end, Order order) {
  const auto ends = split(text, ':');
  if (ends.size() > 2)
    return fail(ErrorKind::InvalidInput, fmt::format("\"{}\" is not a range of {}s", text, what));
  IntRange range;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const std::optional<int> value = parse_end(ends[i]);
    if (!value)
      return fail(ErrorKind::InvalidInput, fmt::format("\"{}\" is not a {}", truncate(ends[i], 64), what));
    (i == 0 ? range.first : range.last) = *value;
  }
  if (ends.size() == 1) range.last = range.first;
  if (order(range.first) > order(range.last)) {
    return fail(ErrorKind::InvalidInput, fmt::format("\"{}\" ends before it starts", text));
  }
  return range;
}

}  // namespace

bool contains(const CalendarWindow& window, WallTime time) {
  const LocalTime local = local_time(window.location, time);
  return any_contains(window.times, local.minute_of_day) && days_contain(window.days_of_month, local) &&
         any_contains(window.months, local.month) && any_contains(window.weekdays, local.weekday) &&
         any_contains(window.years, local.year);
}

Day day_at(std::string_view location, WallTime time) {
  const auto days = date::floor<date::days>(to_local(location, time)).time_since_epoch();
  return Day(std::chrono::days(days.count()));
}

WallTime start_of_day(std::string_view location, Day day) {
  return moment_at(location, day, Duration::zero());
}

WallTime moment_at(std::string_view location, Day day, Duration time_of_day) {
  const Duration since_epoch = day.time_since_epoch() + time_of_day;
  const date::time_zone* const zone = is_utc(location) ? nullptr : known_zone(location);
  if (zone == nullptr) return WallTime(since_epoch);
  return zone->to_sys(date::local_time<Duration>(since_epoch), date::choose::earliest);
}

Result<Day> parse_day(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorKind::InvalidInput,
                fmt::format("\"{}\" is not a date (write it as 2026-11-30)", truncate(text, 64)));
  };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return wrong();
  const std::string digits = fmt::format("{}{}{}", text.substr(0, 4), text.substr(5, 2), text.substr(8));
  if (!std::ranges::all_of(digits, is_digit)) return wrong();
  const std::int64_t number = parse_int(digits).value_or(0);
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(number / 10'000)),
                                         std::chrono::month(static_cast<unsigned>(number / 100 % 100)),
                                         std::chrono::day(static_cast<unsigned>(number % 100))};
  if (!date.ok() || int(date.year()) < 1970 || int(date.year()) > 2199) return wrong();
  return Day(date);
}

std::string format_day(Day day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()), unsigned(date.day()));
}

Result<void> check_location(std::string_view location) {
  if (is_utc(location) || find_zone(location) != nullptr) return {};
  return fail(
      ErrorKind::InvalidInput,
      fmt::format("time zone \"{}\" is not known (write it as Europe/Berlin)", truncate(location, 64)));
}

Result<int> parse_minute_of_day(std::string_view text) {
  if (text == "24:00") return 24 * 60;
  const bool shaped = text.size() == 5 && text[2] == ':' && text[0] != '+' && text[3] != '+';
  const auto hour = shaped ? number_in(text.substr(0, 2), 0, 23) : std::nullopt;
  const auto minute = shaped ? number_in(text.substr(3), 0, 59) : std::nullopt;
  if (hour && minute) return *hour * 60 + *minute;
  return fail(
      ErrorKind::InvalidInput,
      fmt::format("\"{}\" is not a time of day (write it as 09:00, up to 24:00)", truncate(text, 64)));
}

Result<IntRange> parse_weekday_range(std::string_view text) {
  return parse_range(
      text, "weekday", [](std::string_view name) { return index_of(kWeekdays, name); }, std::identity());
}

Result<IntRange> parse_day_of_month_range(std::string_view text) {
  const auto parse = [](std::string_view day) {
    const auto number = number_in(day, -31, 31);
    return number == 0 ? std::nullopt : number;
  };
  // In the longest month; shorter ones are clamped when asked.
  auto range = parse_range(text, "day of the month", parse, [](int day) { return day < 0 ? 32 + day : day; });
  if (range && range->first < 0 && range->last > 0) {
    return fail(ErrorKind::InvalidInput,
                fmt::format("\"{}\" must end with a negative day as it starts with one", text));
  }
  return range;
}

Result<IntRange> parse_month_range(std::string_view text) {
  const auto parse = [](std::string_view month) {
    const auto index = index_of(kMonths, month);
    return index ? std::optional<int>(*index + 1) : number_in(month, 1, 12);
  };
  return parse_range(text, "month", parse, std::identity());
}

Result<IntRange> parse_year_range(std::string_view text) {
  return parse_range(
      text, "year", [](std::string_view year) { return number_in(year, 1, 9999); }, std::identity());
}

}  // namespace picket
