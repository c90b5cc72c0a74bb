#include "base/time/timestamp.h"

#include <date/date.h>

#include <array>
#include <cmath>

#include "base/text/strings.h"

namespace picket {
namespace {

using std::chrono::duration_cast;
using std::chrono::floor;
using std::chrono::milliseconds;

constexpr std::array<std::string_view, 12> kShortMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

struct Civil {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

Civil civil(WallTime time) {
  const auto day = date::floor<date::days>(time);
  const date::year_month_day ymd(day);
  const date::hh_mm_ss clock(date::floor<std::chrono::seconds>(time - day));
  return {int(ymd.year()),
          static_cast<int>(unsigned(ymd.month())),
          static_cast<int>(unsigned(ymd.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count())};
}

// The years that 64 bits of nanoseconds hold are 1678 to 2261. A leap second counts as the one before it.
Result<WallTime> wall_time(const Civil& c) {
  const date::year_month_day ymd{date::year(c.year), date::month(static_cast<unsigned>(c.month)),
                                 date::day(static_cast<unsigned>(c.day))};
  const bool in_range = c.year >= 1678 && c.year <= 2261 && c.hour <= 23 && c.minute <= 59 && c.second <= 60;
  if (!ymd.ok() || !in_range) return fail(ErrorKind::InvalidInput, "date or time out of range");
  return WallTime(date::sys_days(ymd)) + std::chrono::hours(c.hour) + std::chrono::minutes(c.minute) +
         std::chrono::seconds(std::min(c.second, 59));
}

// Reads fields of fixed width from the front of a text; after a mismatch every further call fails.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    if (rest_.size() < count) ok_ = false;
    for (std::size_t i = 0; ok_ && i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') ok_ = false;
      value = value * 10 + (rest_[i] - '0');
    }
    if (ok_) rest_.remove_prefix(count);
    return ok_ ? value : 0;
  }
  void literal(std::string_view text) {
    if (!rest_.starts_with(text)) ok_ = false;
    if (ok_) rest_.remove_prefix(text.size());
  }
  bool accept(std::string_view one_of) {
    if (!ok_ || rest_.empty() || one_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  template <std::size_t N>
  int name(const std::array<std::string_view, N>& names) {
    for (std::size_t i = 0; ok_ && i < N; ++i) {
      if (!rest_.starts_with(names[i])) continue;
      rest_.remove_prefix(names[i].size());
      return static_cast<int>(i);
    }
    ok_ = false;
    return 0;
  }
  /// ".5", ".123456789": nanoseconds; more than nine digits fail.
  Duration fraction() {
    if (!accept(".")) return Duration::zero();
    std::int64_t nanos = 0;
    std::int64_t scale = 1'000'000'000;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9' && scale > 1) {
      scale /= 10;
      nanos += digits(1) * scale;
    }
    if (scale == 1'000'000'000) ok_ = false;
    return Duration(nanos);
  }
  /// "Z" or "+hh:mm": what to subtract for UTC.
  Duration offset() {
    if (accept("Zz")) return Duration::zero();
    const bool negative = ok_ && rest_.starts_with('-');
    if (!accept("+-")) ok_ = false;
    const int hours = digits(2);
    literal(":");
    const int minutes = digits(2);
    if (hours > 23 || minutes > 59) ok_ = false;
    const std::chrono::minutes total(hours * 60 + minutes);
    return negative ? -total : total;
  }
  bool done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

Failure bad(std::string_view text, std::string_view what) {
  return fail(ErrorKind::InvalidInput, fmt::format("\"{}\" is not {}", truncate(text, 64), what));
}

}  // namespace

double unix_seconds(WallTime time) {
  return seconds(time.time_since_epoch());
}

std::int64_t unix_millis(WallTime time) {
  return floor<milliseconds>(time.time_since_epoch()).count();
}

WallTime from_unix_seconds(double seconds) {
  return WallTime(from_seconds(seconds));
}

WallTime from_unix_millis(std::int64_t millis) {
  constexpr std::int64_t kMax = duration_cast<milliseconds>(Duration::max()).count();
  return WallTime(milliseconds(std::min(std::max(millis, -kMax), kMax)));
}

std::string format_rfc3339(WallTime time) {
  const Civil c = civil(time);
  const auto millis = floor<milliseconds>(time) - floor<std::chrono::seconds>(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", c.year, c.month, c.day, c.hour, c.minute,
                     c.second, millis.count());
}

Result<WallTime> parse_rfc3339(std::string_view text) {
  FieldReader in(text);
  Civil c;
  c.year = in.digits(4);
  in.literal("-");
  c.month = in.digits(2);
  in.literal("-");
  c.day = in.digits(2);
  if (!in.accept("Tt ")) return bad(text, "an RFC 3339 time (2026-11-21T10:00:00Z)");
  c.hour = in.digits(2);
  in.literal(":");
  c.minute = in.digits(2);
  in.literal(":");
  c.second = in.digits(2);
  const Duration fraction = in.fraction();
  const Duration offset = in.offset();
  if (!in.done()) return bad(text, "an RFC 3339 time (2026-11-21T10:00:00Z)");
  const auto time = wall_time(c);
  if (!time) return bad(text, "a time that exists");
  return *time + fraction - offset;
}

std::string format_http_date(WallTime time) {
  const Civil c = civil(time);
  const date::weekday weekday(date::floor<date::days>(time));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[weekday.c_encoding()], c.day,
                     kShortMonths[static_cast<std::size_t>(c.month - 1)], c.year, c.hour, c.minute, c.second);
}

Result<WallTime> parse_http_date(std::string_view text) {
  FieldReader in(text);
  Civil c;
  in.name(kDays);
  in.literal(", ");
  c.day = in.digits(2);
  in.literal(" ");
  c.month = in.name(kShortMonths) + 1;
  in.literal(" ");
  c.year = in.digits(4);
  in.literal(" ");
  c.hour = in.digits(2);
  in.literal(":");
  c.minute = in.digits(2);
  in.literal(":");
  c.second = in.digits(2);
  in.literal(" GMT");
  if (!in.done()) return bad(text, "an HTTP date");
  const auto time = wall_time(c);
  if (!time) return bad(text, "a date that exists");
  return *time;
}

}  // namespace picket
