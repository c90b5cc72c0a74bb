#include "base/text/numbers.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text/strings.h"

namespace picket {
namespace {

Failure bad(std::string_view text, std::string_view what) {
  return fail(ErrorKind::InvalidInput, fmt::format("\"{}\" is not {}", truncate(text, 64), what));
}

std::string_view without_plus(std::string_view text) {
  const bool plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
  return plus ? text.substr(1) : text;
}

}  // namespace

Result<std::int64_t> parse_int(std::string_view text) {
  const std::string_view digits = without_plus(text);
  std::int64_t value = 0;
  const char* const stop = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), stop, value);
  if (error != std::errc() || end != stop) return bad(text, "a whole number");
  return value;
}

Result<double> parse_double(std::string_view text) {
  const std::string_view digits = without_plus(text);
  const bool negative = digits.starts_with('-');
  const std::string_view magnitude = negative ? digits.substr(1) : digits;
  if (iequals(magnitude, "inf") || iequals(magnitude, "infinity")) {
    const double infinity = std::numeric_limits<double>::infinity();
    return negative ? -infinity : infinity;
  }
  if (iequals(text, "nan")) return std::numeric_limits<double>::quiet_NaN();
  if (magnitude.empty() || (magnitude[0] != '.' && (magnitude[0] < '0' || magnitude[0] > '9'))) {
    return bad(text, "a number");
  }
  double value = 0;
  const char* const stop = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), stop, value);
  if (error != std::errc() || end != stop) return bad(text, "a number");
  return value;
}

void append_double(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    // to_chars takes the shorter of fixed and scientific, fixed on a tie, so whole numbers below 1e5 stay
    // plain.
    std::array<char, 32> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
    // Whole numbers as counters have them are much quicker as integers; -0 must keep its sign.
    constexpr double kPlainMax = 1e15;
    const bool whole = std::abs(value) < kPlainMax && value == std::trunc(value) && value != 0;
    const auto result = whole ? std::to_chars(buffer.begin(), buffer.end(), static_cast<std::int64_t>(value))
                              : std::to_chars(buffer.begin(), buffer.end(), value);
    out.append(buffer.data(), static_cast<std::size_t>(result.ptr - buffer.data()));
  }
}

std::string format_double(double value) {
  std::string out;
  append_double(out, value);
  return out;
}

}  // namespace picket
