#include "base/text/duration.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/text/strings.h"

namespace picket {
namespace {

struct DurationUnit {
  std::string_view name;
  std::int64_t millis;
  bool printed_when_inexact;  // y, w and d appear in output only when nothing smaller remains
};
constexpr std::array<DurationUnit, 7> kDurationUnits{{{"y", 365LL * 24 * 3600 * 1000, false},
                                                      {"w", 7LL * 24 * 3600 * 1000, false},
                                                      {"d", 24LL * 3600 * 1000, false},
                                                      {"h", 3600LL * 1000, true},
                                                      {"m", 60LL * 1000, true},
                                                      {"s", 1000, true},
                                                      {"ms", 1, true}}};
constexpr std::int64_t kMaxMillis = std::numeric_limits<std::int64_t>::max() / 1'000'000;

Failure bad(std::string_view text) {
  return fail(ErrorKind::InvalidInput,
              fmt::format("\"{}\" is not a duration (write it as 30s, 5m, 1h30m or 7d)", truncate(text, 64)));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

// Takes the digits at the front of `text`; -1 when there are none or the number is past what a duration
// holds.
std::int64_t take_number(std::string_view& text) {
  if (text.empty() || !is_digit(text.front())) return -1;
  std::int64_t number = 0;
  while (!text.empty() && is_digit(text.front())) {
    number = number * 10 + (text.front() - '0');
    if (number > kMaxMillis) return -1;
    text.remove_prefix(1);
  }
  return number;
}

std::string_view take_unit(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_lower(text[length])) ++length;
  const std::string_view unit = text.substr(0, length);
  text.remove_prefix(length);
  return unit;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration::zero();
  if (text.empty()) return bad(text);
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::int64_t number = take_number(rest);
    const std::string_view name = take_unit(rest);
    while (next_unit < kDurationUnits.size() && kDurationUnits[next_unit].name != name) ++next_unit;
    if (number < 0 || next_unit == kDurationUnits.size()) return bad(text);
    const std::int64_t scale = kDurationUnits[next_unit++].millis;
    if (number > (kMaxMillis - total) / scale) return bad(text);
    total += number * scale;
  }
  return std::chrono::milliseconds(total);
}

std::string format_duration(Duration duration) {
  std::int64_t millis = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  if (millis == 0) return "0s";
  std::string out = millis < 0 ? "-" : "";
  if (millis < 0) millis = -millis;
  for (const DurationUnit& unit : kDurationUnits) {
    if (millis < unit.millis || (!unit.printed_when_inexact && millis % unit.millis != 0)) continue;
    fmt::format_to(std::back_inserter(out), "{}{}", millis / unit.millis, unit.name);
    millis %= unit.millis;
  }
  return out;
}

Duration from_seconds(double seconds) {
  if (std::isnan(seconds)) return Duration::zero();
  constexpr double kNanosPerSecond = 1e9;
  if (seconds * kNanosPerSecond >= static_cast<double>(Duration::max().count())) return Duration::max();
  if (seconds * kNanosPerSecond <= static_cast<double>(Duration::min().count())) return Duration::min();
  // Whole seconds apart: the product of a moment of these years has only 256 ns of precision.
  const double whole = std::trunc(seconds);
  const double nanos = std::round((seconds - whole) * kNanosPerSecond);
  return std::chrono::seconds(static_cast<std::int64_t>(whole)) + Duration(static_cast<std::int64_t>(nanos));
}

}  // namespace picket
