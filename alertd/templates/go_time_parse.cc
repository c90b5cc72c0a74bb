// time.Parse: a text read by a layout.
#include <date/date.h>
#include <fmt/format.h>

#include <array>
#include <optional>

#include "alertd/series/go_string.h"
#include "alertd/templates/go_layout.h"
#include "alertd/templates/go_time.h"
#include "base/text/strings.h"

namespace picket::alertd {

namespace {

constexpr std::array<std::string_view, 12> kShortMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                           "jul", "aug", "sep", "oct", "nov", "dec"};

struct Parsed {
  int year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::int64_t nanosecond = 0;
  int offset_seconds = 0;
  bool pm = false, twelve = false;
};

/// A cursor over the text; every reader answers false when the text does not fit.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  bool at_end() const { return at_ >= text_.size(); }

  bool literal(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
  }

  bool number(std::size_t min_digits, std::size_t max_digits, int& out) {
    std::size_t digits = 0;
    int value = 0;
    while (digits < max_digits && !at_end() && text_[at_] >= '0' && text_[at_] <= '9') {
      value = value * 10 + (text_[at_++] - '0');
      ++digits;
    }
    out = value;
    return digits >= min_digits;
  }

  bool letters(std::string_view& out) {
    const std::size_t start = at_;
    while (!at_end() && ((text_[at_] | 0x20) >= 'a' && (text_[at_] | 0x20) <= 'z')) ++at_;
    out = text_.substr(start, at_ - start);
    return !out.empty();
  }

  bool fraction(std::int64_t& out) {
    if (at_end() || (text_[at_] != '.' && text_[at_] != ',')) return true;
    ++at_;
    std::int64_t unit = 100'000'000;
    bool any = false;
    for (; !at_end() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_, unit /= 10) {
      out += unit * (text_[at_] - '0');
      any = true;
    }
    return any;
  }

  bool offset(bool colon, bool minutes, bool iso, int& out) {
    if (iso && literal("Z")) return true;
    const bool negative = literal("-");
    if (!negative && !literal("+")) return false;
    int hours = 0;
    int mins = 0;
    if (!number(2, 2, hours)) return false;
    if (minutes && ((colon && !literal(":")) || !number(2, 2, mins))) return false;
    out = (hours * 3600 + mins * 60) * (negative ? -1 : 1);
    return true;
  }

  void skip_space() {
    if (!at_end() && text_[at_] == ' ') ++at_;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

bool read_month_name(Cursor& cursor, Parsed& out) {
  std::string_view word;
  if (!cursor.letters(word) || word.size() < 3) return false;
  const std::string lower = to_lower(word.substr(0, 3));
  for (std::size_t i = 0; i < kShortMonths.size(); ++i) {
    if (kShortMonths[i] == lower) {
      out.month = static_cast<int>(i) + 1;
      return true;
    }
  }
  return false;
}

bool read_pm(Cursor& cursor, Parsed& out) {
  std::string_view word;
  if (!cursor.letters(word)) return false;
  out.twelve = true;
  out.pm = iequals(word, "pm");
  return out.pm || iequals(word, "am");
}

bool read_date(Cursor& cursor, LayoutPart part, Parsed& out) {
  std::string_view word;
  switch (part) {
    case LayoutPart::LongMonth:
    case LayoutPart::ShortMonth:
      return read_month_name(cursor, out);
    case LayoutPart::Month:
      return cursor.number(1, 2, out.month);
    case LayoutPart::Month2:
      return cursor.number(2, 2, out.month);
    case LayoutPart::LongWeekday:
    case LayoutPart::ShortWeekday:
      return cursor.letters(word);
    case LayoutPart::Day:
      return cursor.number(1, 2, out.day);
    case LayoutPart::DaySpace:
      cursor.skip_space();
      return cursor.number(1, 2, out.day);
    case LayoutPart::Day2:
      return cursor.number(2, 2, out.day);
    case LayoutPart::Year:
      return cursor.number(4, 4, out.year);
    case LayoutPart::Year2:
      if (!cursor.number(2, 2, out.year)) return false;
      out.year += out.year >= 69 ? 1900 : 2000;
      return true;
    default:
      return false;  // days of the year are not read
  }
}

bool read_zone(Cursor& cursor, LayoutPart part, Parsed& out) {
  std::string_view word;
  switch (part) {
    case LayoutPart::ZoneName:
      return cursor.letters(word);
    case LayoutPart::Offset:
      return cursor.offset(false, true, false, out.offset_seconds);
    case LayoutPart::OffsetHours:
      return cursor.offset(false, false, false, out.offset_seconds);
    case LayoutPart::OffsetColon:
      return cursor.offset(true, true, false, out.offset_seconds);
    case LayoutPart::IsoOffset:
      return cursor.offset(false, true, true, out.offset_seconds);
    case LayoutPart::IsoOffsetHours:
      return cursor.offset(false, false, true, out.offset_seconds);
    default:
      return cursor.offset(true, true, true, out.offset_seconds);
  }
}

bool read_part(Cursor& cursor, const LayoutToken& token, Parsed& out) {
  switch (token.part) {
    case LayoutPart::Literal:
      return cursor.literal(token.text);
    case LayoutPart::Hour24:
      return cursor.number(2, 2, out.hour);
    case LayoutPart::Hour12:
      return cursor.number(1, 2, out.hour);
    case LayoutPart::Hour12Zero:
      return cursor.number(2, 2, out.hour);
    case LayoutPart::Minute:
      return cursor.number(1, 2, out.minute);
    case LayoutPart::Minute2:
      return cursor.number(2, 2, out.minute);
    case LayoutPart::Second:
      return cursor.number(1, 2, out.second);
    case LayoutPart::Second2:
      return cursor.number(2, 2, out.second) && cursor.fraction(out.nanosecond);
    case LayoutPart::UpperPm:
    case LayoutPart::LowerPm:
      return read_pm(cursor, out);
    case LayoutPart::FractionFixed:
    case LayoutPart::FractionTrimmed:
      return cursor.fraction(out.nanosecond);
    default:
      return token.part >= LayoutPart::ZoneName ? read_zone(cursor, token.part, out)
                                                : read_date(cursor, token.part, out);
  }
}

std::optional<Timestamp> moment_of(const Parsed& p) {
  const date::year_month_day day(date::year(p.year), date::month(static_cast<unsigned>(p.month)),
                                 date::day(static_cast<unsigned>(p.day)));
  // Nanoseconds in 64 bits reach from 1678 to 2262.
  if (!day.ok() || p.year < 1678 || p.year > 2261) return std::nullopt;
  int hour = p.hour;
  if (p.twelve) hour = p.hour % 12 + (p.pm ? 12 : 0);
  if (hour > 23 || p.minute > 59 || p.second > 59) return std::nullopt;
  return Timestamp(date::sys_days(day).time_since_epoch()) + std::chrono::hours(hour) +
         std::chrono::minutes(p.minute) + std::chrono::seconds(p.second - p.offset_seconds) +
         std::chrono::nanoseconds(p.nanosecond);
}

}  // namespace

Result<ZonedTime> parse_go_time(std::string_view layout, std::string_view text) {
  const auto refused = [&, whole = layout] {
    return fail(ErrorKind::InvalidInput,
                fmt::format("parsing time {} as {}: it does not fit", quote_go(text), quote_go(whole)));
  };
  Parsed parsed;
  Cursor cursor(text);
  for (std::string_view rest = layout; !rest.empty();) {
    const LayoutToken token = next_layout_token(rest);
    if (!read_part(cursor, token, parsed)) return refused();
    rest.remove_prefix(token.text.size());
  }
  const auto moment = moment_of(parsed);
  if (!cursor.at_end() || !moment) return refused();
  return ZonedTime{*moment};
}

}  // namespace picket::alertd
