#include "alertd/templates/go_time.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <array>

#include "alertd/templates/go_layout.h"

namespace picket::alertd {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

/// A moment taken apart in its zone.
struct Fields {
  int year = 1970;
  unsigned month = 1, day = 1, year_day = 1, weekday = 0;
  int hour = 0, minute = 0, second = 0;
  std::int64_t nanosecond = 0;
  int offset_seconds = 0;
  std::string zone = "UTC";
};

struct ZoneAt {
  std::chrono::seconds offset{};
  std::string name = "UTC";
};

ZoneAt zone_at(const ZonedTime& time) {
  if (time.zone == "UTC") return {};
  try {
    const auto info = date::locate_zone(time.zone)->get_info(date::floor<std::chrono::seconds>(time.time));
    return {info.offset, info.abbrev};
  } catch (const std::exception&) {
    return {};
  }
}

Fields fields_of(const ZonedTime& time) {
  const ZoneAt zone = zone_at(time);
  const auto local = time.time.time_since_epoch() + zone.offset;
  const auto days = date::floor<date::days>(local);
  const date::year_month_day ymd{date::sys_days(days)};
  const date::hh_mm_ss clock(local - days);
  Fields f;
  f.year = static_cast<int>(ymd.year());
  f.month = static_cast<unsigned>(ymd.month());
  f.day = static_cast<unsigned>(ymd.day());
  f.year_day =
      static_cast<unsigned>((date::sys_days(ymd) - date::sys_days(ymd.year() / date::January / 1)).count()) +
      1;
  f.weekday = date::weekday(date::sys_days(days)).c_encoding();
  f.hour = static_cast<int>(clock.hours().count());
  f.minute = static_cast<int>(clock.minutes().count());
  f.second = static_cast<int>(clock.seconds().count());
  f.nanosecond = clock.subseconds().count();
  f.offset_seconds = static_cast<int>(zone.offset.count());
  f.zone = zone.name;
  return f;
}

std::string offset_text(int seconds, std::string_view separator, bool minutes) {
  const int absolute = std::abs(seconds);
  std::string text = fmt::format("{}{:02}", seconds < 0 ? '-' : '+', absolute / 3600);
  if (minutes) text += fmt::format("{}{:02}", separator, absolute / 60 % 60);
  return text;
}

std::string fraction_text(const Fields& f, const LayoutToken& token) {
  const std::size_t digits = std::min<std::size_t>(token.text.size() - 1, 9);
  std::string text = fmt::format("{:09}", f.nanosecond).substr(0, digits);
  if (token.part == LayoutPart::FractionTrimmed) text.erase(text.find_last_not_of('0') + 1);
  return text.empty() ? text : token.text[0] + text;
}

int hour12(const Fields& f) {
  return f.hour % 12 == 0 ? 12 : f.hour % 12;
}

std::string date_part(const Fields& f, LayoutPart part) {
  switch (part) {
    case LayoutPart::LongMonth:
      return std::string(kMonths[f.month - 1]);
    case LayoutPart::ShortMonth:
      return std::string(kMonths[f.month - 1].substr(0, 3));
    case LayoutPart::Month:
      return fmt::format("{}", f.month);
    case LayoutPart::Month2:
      return fmt::format("{:02}", f.month);
    case LayoutPart::LongWeekday:
      return std::string(kWeekdays[f.weekday]);
    case LayoutPart::ShortWeekday:
      return std::string(kWeekdays[f.weekday].substr(0, 3));
    case LayoutPart::Day:
      return fmt::format("{}", f.day);
    case LayoutPart::DaySpace:
      return fmt::format("{:2}", f.day);
    case LayoutPart::Day2:
      return fmt::format("{:02}", f.day);
    case LayoutPart::YearDaySpace:
      return fmt::format("{:3}", f.year_day);
    case LayoutPart::YearDay3:
      return fmt::format("{:03}", f.year_day);
    case LayoutPart::Year:
      return fmt::format("{:04}", f.year);
    default:
      return fmt::format("{:02}", f.year % 100);
  }
}

std::string clock_part(const Fields& f, LayoutPart part) {
  switch (part) {
    case LayoutPart::Hour24:
      return fmt::format("{:02}", f.hour);
    case LayoutPart::Hour12:
      return fmt::format("{}", hour12(f));
    case LayoutPart::Hour12Zero:
      return fmt::format("{:02}", hour12(f));
    case LayoutPart::Minute:
      return fmt::format("{}", f.minute);
    case LayoutPart::Minute2:
      return fmt::format("{:02}", f.minute);
    case LayoutPart::Second:
      return fmt::format("{}", f.second);
    case LayoutPart::Second2:
      return fmt::format("{:02}", f.second);
    case LayoutPart::UpperPm:
      return f.hour >= 12 ? "PM" : "AM";
    default:
      return f.hour >= 12 ? "pm" : "am";
  }
}

std::string zone_part(const Fields& f, LayoutPart part) {
  const bool iso = part == LayoutPart::IsoOffset || part == LayoutPart::IsoOffsetHours ||
                   part == LayoutPart::IsoOffsetColon;
  if (iso && f.offset_seconds == 0) return "Z";
  switch (part) {
    case LayoutPart::ZoneName:
      return f.zone;
    case LayoutPart::OffsetColon:
    case LayoutPart::IsoOffsetColon:
      return offset_text(f.offset_seconds, ":", true);
    case LayoutPart::OffsetHours:
    case LayoutPart::IsoOffsetHours:
      return offset_text(f.offset_seconds, "", false);
    default:
      return offset_text(f.offset_seconds, "", true);
  }
}

std::string part_text(const Fields& f, const LayoutToken& token) {
  switch (token.part) {
    case LayoutPart::Literal:
      return std::string(token.text);
    case LayoutPart::FractionFixed:
    case LayoutPart::FractionTrimmed:
      return fraction_text(f, token);
    case LayoutPart::Hour24:
    case LayoutPart::Hour12:
    case LayoutPart::Hour12Zero:
    case LayoutPart::Minute:
    case LayoutPart::Minute2:
    case LayoutPart::Second:
    case LayoutPart::Second2:
    case LayoutPart::UpperPm:
    case LayoutPart::LowerPm:
      return clock_part(f, token.part);
    case LayoutPart::ZoneName:
    case LayoutPart::Offset:
    case LayoutPart::OffsetHours:
    case LayoutPart::OffsetColon:
    case LayoutPart::IsoOffset:
    case LayoutPart::IsoOffsetHours:
    case LayoutPart::IsoOffsetColon:
      return zone_part(f, token.part);
    default:
      return date_part(f, token.part);
  }
}

}  // namespace

Timestamp model_time(double unix_seconds) {
  const auto nanoseconds = static_cast<std::int64_t>(unix_seconds * 1e9);
  return Timestamp(std::chrono::milliseconds(nanoseconds / 1'000'000));
}

bool is_known_zone(std::string_view name) {
  if (name == "UTC") return true;
  try {
    return date::locate_zone(std::string(name)) != nullptr;
  } catch (const std::exception&) {
    return false;
  }
}

std::string format_go_time(const ZonedTime& time, std::string_view layout) {
  const Fields f = fields_of(time);
  std::string text;
  while (!layout.empty()) {
    const LayoutToken token = next_layout_token(layout);
    text += part_text(f, token);
    layout.remove_prefix(token.text.size());
  }
  return text;
}

std::string format_go_time(const ZonedTime& time) {
  return format_go_time(time, "2006-01-02 15:04:05.999999999 -0700 MST");
}

}  // namespace picket::alertd
