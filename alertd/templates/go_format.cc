#include "alertd/templates/go_format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "alertd/templates/go_time.h"

namespace picket::alertd {

namespace {

/// Large enough for %f of the largest double with the largest precision.
constexpr std::size_t kFloatBuffer = 1500;
constexpr int kMaxPrecision = 1000;
constexpr int kExponentFrom = 6;  // of strconv: 1000000.0 prints as 1e+06

std::string format_entries(const Value& value) {
  const bool record = value.kind() == Value::Kind::Record;
  std::string text = record ? "{" : "map[";
  bool first = true;
  for (const auto& [key, entry] : value.entries()) {
    if (!first) text += ' ';
    first = false;
    if (!record) text += key + ":";
    text += format_go_value(entry);
  }
  return text + (record ? "}" : "]");
}

std::string format_items(const Value& value) {
  std::string text = "[";
  for (const Value& item : value.items()) {
    if (text.size() > 1) text += ' ';
    text += format_go_value(item);
  }
  return text + "]";
}

std::string with_fraction(std::int64_t whole, std::int64_t fraction, int digits, std::string_view unit) {
  std::string text = fmt::format("{}", whole);
  if (fraction != 0) {
    text += fmt::format(".{:0{}}", fraction, digits);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text.append(unit);
}

bool is_string(const Value& value) {
  return value.kind() == Value::Kind::String;
}

std::chars_format chars_format_of(char verb) {
  if (verb == 'e') return std::chars_format::scientific;
  return verb == 'f' ? std::chars_format::fixed : std::chars_format::general;
}

/// %g with the fewest digits, by Go's own rule for when the exponent is shown.
std::string shortest_general(double value) {
  std::array<char, kFloatBuffer> buffer{};
  const auto as_exponent =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(as_exponent.ptr - buffer.data()));
  const int exponent = std::atoi(text.data() + text.find('e') + 1);
  if (exponent < -4 || exponent >= kExponentFrom) return std::string(text);
  const auto fixed =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  return {buffer.data(), fixed.ptr};
}

/// `lower` is the verb in lower case.
std::string float_digits(double value, char lower, int precision) {
  if (lower == 'g' && precision < 0) return shortest_general(value);
  std::array<char, kFloatBuffer> buffer{};
  char* const begin = buffer.data();
  char* const end = begin + buffer.size();
  const auto form = chars_format_of(lower);
  const auto written = precision < 0
                           ? std::to_chars(begin, end, value, form)
                           : std::to_chars(begin, end, value, form, std::min(precision, kMaxPrecision));
  return {begin, written.ptr};
}

}  // namespace

std::string format_go_float(double value) {
  return format_go_float(value, 'g', -1);
}

std::string format_go_float(double value, char verb, int precision) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  const char lower = static_cast<char>(verb | 0x20);
  std::string text = float_digits(value, lower, precision);
  if (verb != lower) std::ranges::replace(text, 'e', 'E');
  return text;
}

std::string format_go_duration(Duration duration) {
  const std::int64_t count = duration.count();
  if (count == 0) return "0s";
  const std::string sign = count < 0 ? "-" : "";
  // The smallest count has no positive twin; it is a tick more than it seems.
  const std::int64_t n = count == INT64_MIN ? INT64_MAX : std::abs(count);
  if (n < 1'000) return sign + fmt::format("{}ns", n);
  if (n < 1'000'000) return sign + with_fraction(n / 1'000, n % 1'000, 3, "µs");
  if (n < 1'000'000'000) return sign + with_fraction(n / 1'000'000, n % 1'000'000, 6, "ms");
  const std::int64_t whole = n / 1'000'000'000;
  std::string text = sign;
  if (whole >= 3600) text += fmt::format("{}h", whole / 3600);
  if (whole >= 60) text += fmt::format("{}m", whole / 60 % 60);
  return text + with_fraction(whole % 60, n % 1'000'000'000, 9, "s");
}

std::string format_go_value(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::Nil:
      return "<nil>";
    case Value::Kind::Bool:
      return value.boolean() ? "true" : "false";
    case Value::Kind::Int:
      return fmt::format("{}", value.integer());
    case Value::Kind::Float:
      return format_go_float(value.real());
    case Value::Kind::String:
      return value.text();
    case Value::Kind::List:
      return format_items(value);
    case Value::Kind::Map:
    case Value::Kind::Record:
      return format_entries(value);
    case Value::Kind::Time:
      return format_go_time(value.time());
    case Value::Kind::Duration:
      return format_go_duration(value.duration());
  }
  return {};
}

std::string print_value(const Value& value) {
  return value.is_nil() ? "<no value>" : format_go_value(value);
}

std::string sprint_go(std::span<const Value> args) {
  std::string text;
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (i > 0 && !is_string(args[i]) && !is_string(args[i - 1])) text += ' ';
    text += format_go_value(args[i]);
  }
  return text;
}

std::string sprintln_go(std::span<const Value> args) {
  std::string text;
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (i > 0) text += ' ';
    text += format_go_value(args[i]);
  }
  return text + "\n";
}

}  // namespace picket::alertd
