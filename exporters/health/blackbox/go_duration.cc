#include "exporters/health/blackbox/go_duration.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text/numbers.h"

namespace picket::health {
namespace {

constexpr std::string_view kDigits = "0123456789.";
constexpr std::array<std::pair<std::string_view, double>, 8> kUnits{{{"ns", 1e-9},
                                                                     {"us", 1e-6},
                                                                     {"\u00b5s", 1e-6},
                                                                     {"\u03bcs", 1e-6},
                                                                     {"ms", 1e-3},
                                                                     {"s", 1},
                                                                     {"m", 60},
                                                                     {"h", 3600}}};

/// Seconds of a unit; 0 when it is none.
double unit_seconds(std::string_view unit) {
  for (const auto& [name, seconds] : kUnits) {
    if (name == unit) return seconds;
  }
  return 0;
}

}  // namespace

Result<Duration> parse_go_duration(std::string_view text) {
  constexpr double kMostSeconds = 9.2e9;
  double total = text.empty() ? -1 : 0;
  for (std::string_view rest = text == "0" ? "" : text; !rest.empty() && total >= 0;) {
    const std::size_t number_end = std::min(rest.find_first_not_of(kDigits), rest.size());
    const std::size_t end = std::min(rest.find_first_of(kDigits, number_end), rest.size());
    const Result<double> number = parse_double(rest.substr(0, number_end));
    const double unit = unit_seconds(rest.substr(number_end, end - number_end));
    total = number && unit > 0 ? total + *number * unit : -1;
    rest.remove_prefix(end);
  }
  if (total < 0 || total > kMostSeconds)
    return fail(ErrorKind::InvalidInput, "must be a duration such as 5s, 1.5s or 1m30s");
  return from_seconds(total);
}

}  // namespace picket::health
