#include "exporters/business/pages/report_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text/duration.h"
#include "base/web/parts.h"

namespace picket::business {
namespace {

// ISO 4217, table A.1, as of 2024: the currencies whose minor unit is not a hundredth.
constexpr std::array<std::string_view, 16> kWithoutMinor = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                                            "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                                                            "VND", "VUV", "XAF", "XOF"};
constexpr std::array<std::string_view, 7> kThousandths = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
constexpr double kGroupedMost = 1e15;  // beyond it digits would be made up

/// "1,234.50"
std::string with_digits(double value, int digits) {
  if (std::abs(value) >= kGroupedMost) return fmt::format("{:.4g}", value);
  std::string text = fmt::format("{:.{}f}", std::abs(value), digits);
  const std::size_t point = std::min(text.find('.'), text.size());
  for (std::size_t at = point; at > 3; at -= 3) text.insert(at - 3, ",");
  const bool is_zero = text.find_first_of("123456789") == std::string::npos;
  return value < 0 && !is_zero ? "-" + text : text;
}

std::string time_words(double value) {
  if (std::abs(value) < 1) return with_digits(value * 1e3, 0) + " ms";
  if (std::abs(value) < 60) return with_digits(value, 1) + " s";
  return (value < 0 ? "-" : "") + web::spoken(from_seconds(std::abs(value)));
}

bool is_whole(double value) {
  return std::trunc(value) == value;
}

std::string with_sign(double value, int digits) {
  const std::string text = with_digits(value, digits);
  return value > 0 ? "+" + text : text;
}

}  // namespace

int currency_digits(std::string_view currency) {
  if (std::ranges::find(kWithoutMinor, currency) != kWithoutMinor.end()) return 0;
  return std::ranges::find(kThousandths, currency) != kThousandths.end() ? 3 : 2;
}

std::string value_words(double value, std::string_view unit, std::string_view currency) {
  if (unit == "minor_units") {
    const int digits = currency_digits(currency);
    return with_digits(value / std::pow(10, digits), digits);
  }
  if (unit == "ratio") return with_digits(value * 100, 1) + " %";
  if (unit == "seconds") return time_words(value);
  return with_digits(value, is_whole(value) ? 0 : 2);
}

std::string change_words(double now, double before, std::string_view unit) {
  if (unit == "ratio") return with_sign((now - before) * 100, 1) + " points";
  if (before == 0) return "";
  return with_sign((now - before) / std::abs(before) * 100, 1) + " %";
}

}  // namespace picket::business
