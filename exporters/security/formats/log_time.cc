#include "exporters/security/formats/log_time.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/text/numbers.h"
#include "base/time/calendar.h"
#include "base/time/timestamp.h"

namespace picket::security {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kFirstYear = 1970, kLastYear = 2199;

/// -1 when one of them is not a digit.
int number_at(std::string_view text, std::size_t at, std::size_t length) {
  int number = 0;
  for (const char c : text.substr(at, length)) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

/// 1 to 12; 0 when it is not one.
int month_at(std::string_view text, std::size_t at) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::size_t found = kMonths.find(text.substr(at, 3));
  return found == std::string_view::npos || found % 3 != 0 ? 0 : static_cast<int>(found / 3) + 1;
}

std::optional<Day> day_of(int year, int month, int day) {
  if (year < kFirstYear || year > kLastYear || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  return Day(date);
}

/// "14:17:11"; a leap second is the last of its minute.
std::optional<seconds> clock_at(std::string_view text, std::size_t at) {
  const int h = number_at(text, at, 2), m = number_at(text, at + 3, 2), s = number_at(text, at + 6, 2);
  const bool fine =
      text[at + 2] == ':' && text[at + 5] == ':' && h >= 0 && h < 24 && m >= 0 && m < 60 && s >= 0 && s <= 60;
  if (!fine) return std::nullopt;
  return hours(h) + minutes(m) + seconds(std::min(s, 59));
}

/// "+0130".
std::optional<seconds> offset_at(std::string_view text, std::size_t at) {
  const int h = number_at(text, at + 1, 2), m = number_at(text, at + 3, 2);
  if ((text[at] != '+' && text[at] != '-') || h < 0 || h > 23 || m < 0 || m > 59) return std::nullopt;
  const seconds offset = hours(h) + minutes(m);
  return text[at] == '-' ? -offset : offset;
}

WallTime as_wall(Day day, seconds of_day) {
  return WallTime(std::chrono::duration_cast<Duration>(day.time_since_epoch() + of_day));
}

}  // namespace

std::optional<WallTime> parse_access_time(std::string_view text) {
  constexpr std::string_view kPattern = "30/Nov/2026:14:17:11 +0000";
  if (text.size() == kPattern.size() + 2 && text.front() == '[' && text.back() == ']')
    text = text.substr(1, kPattern.size());
  if (text.size() != kPattern.size()) return std::nullopt;
  const bool fine = text[2] == '/' && text[6] == '/' && text[11] == ':' && text[20] == ' ';
  const auto day = day_of(number_at(text, 7, 4), month_at(text, 3), number_at(text, 0, 2));
  const auto clock = clock_at(text, 12);
  const auto offset = offset_at(text, 21);
  if (!fine || !day || !clock || !offset) return std::nullopt;
  return as_wall(*day, *clock - *offset);
}

std::optional<WallTime> parse_iso_time(std::string_view text) {
  constexpr std::size_t kZone = std::string_view("+0000").size();
  std::string with_colon(text.substr(0, 64));
  const bool bare_zone = text.size() > kZone && text.size() <= 64 &&
                         (text[text.size() - kZone] == '+' || text[text.size() - kZone] == '-') &&
                         text[text.size() - kZone - 1] != ':';
  if (bare_zone) with_colon.insert(with_colon.size() - 2, ":");
  const auto time = parse_rfc3339(with_colon);
  if (!time) return std::nullopt;
  const auto seconds_since = unix_seconds(*time);
  return seconds_since < 0 ? std::nullopt : std::optional(*time);
}

std::optional<WallTime> unix_time(double number) {
  constexpr double kSecondsMax = 7'258'118'400;  // 2200
  if (!std::isfinite(number) || number < 0) return std::nullopt;
  for (int step = 0; step < 3 && number >= kSecondsMax; ++step) number /= 1000;
  if (number >= kSecondsMax) return std::nullopt;
  return from_unix_seconds(number);
}

std::optional<WallTime> parse_unix_time(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9' || text.size() > 32) return std::nullopt;
  const auto number = parse_double(text);
  return number ? unix_time(*number) : std::nullopt;
}

std::optional<WallTime> LocalTimes::parse_error_time(std::string_view text) const {
  constexpr std::string_view kPattern = "2026/11/30 14:17:11";
  if (text.size() != kPattern.size() || text[4] != '/' || text[7] != '/' || text[10] != ' ')
    return std::nullopt;
  const auto day = day_of(number_at(text, 0, 4), number_at(text, 5, 2), number_at(text, 8, 2));
  const auto clock = clock_at(text, 11);
  if (!day || !clock) return std::nullopt;
  return moment_at(location_, *day, *clock);
}

std::optional<WallTime> LocalTimes::parse_syslog_time(std::string_view text, WallTime read_at) const {
  constexpr std::string_view kPattern = "Nov 30 14:17:11";
  if (text.size() != kPattern.size() || text[3] != ' ' || text[6] != ' ') return std::nullopt;
  const int month = month_at(text, 0);
  const int day = text[4] == ' ' ? number_at(text, 5, 1) : number_at(text, 4, 2);
  const auto clock = clock_at(text, 7);
  if (month == 0 || day < 1 || !clock) return std::nullopt;
  const std::chrono::year_month_day today(
      std::chrono::floor<days>(std::chrono::time_point_cast<std::chrono::nanoseconds>(read_at)));
  // 29 February is up to eight years ago.
  for (int year = static_cast<int>(today.year()) + 1; year >= static_cast<int>(today.year()) - 8; --year) {
    const auto date = day_of(year, month, day);
    if (!date) continue;
    const WallTime time = moment_at(location_, *date, *clock);
    if (time <= read_at + hours(24)) return time;
  }
  return std::nullopt;
}

std::optional<WallTime> AccessClock::read(std::string_view text,
                                          std::optional<WallTime> (*parse)(std::string_view)) {
  if (text == std::string_view(last_.data(), length_)) return time_;
  time_ = parse(text);
  length_ = text.size() <= last_.size() ? text.size() : 0;
  std::copy_n(text.begin(), length_, last_.begin());
  return time_;
}

}  // namespace picket::security
