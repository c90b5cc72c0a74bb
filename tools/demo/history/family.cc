#include "tools/demo/history/family.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace picket::demo {

Course counted(std::function<double(std::int64_t)> per_second) {
  return [per_second = std::move(per_second), total = 0.0](std::int64_t at) mutable {
    total += std::max(0.0, per_second(at)) * kStep;
    return std::floor(total);
  };
}

double share_within(double bound, double median) {
  return 0.5 * std::erfc(-std::log(bound / median) / (kTimeSpread * std::sqrt(2.0)));
}

Course steady(double value) {
  return [value](std::int64_t) { return value; };
}

void add_histogram(Family& family, const std::string& labels, const std::vector<double>& bounds,
                   const std::function<double(std::int64_t)>& per_second,
                   const std::function<double(std::int64_t)>& median) {
  for (const double bound : bounds) {
    family.series.push_back({labels + "," + label("le", bound_text(bound)), counted([=](std::int64_t at) {
                               return per_second(at) * share_within(bound, median(at));
                             }),
                             "_bucket"});
  }
  family.series.push_back({labels + "," + label("le", "+Inf"), counted(per_second), "_bucket"});
  family.series.push_back({labels, counted(per_second), "_count"});
  const double mean = std::exp(kTimeSpread * kTimeSpread / 2);  // by the median
  family.series.push_back({labels,
                           [=, total = 0.0](std::int64_t at) mutable {
                             return total += per_second(at) * median(at) * mean * kStep;
                           },
                           "_sum"});
}

std::string bound_text(double bound) {
  return bound == std::floor(bound) ? fmt::format("{:.1f}", bound) : fmt::format("{}", bound);
}

std::string target(std::string_view job, int port, std::string_view more) {
  return fmt::format("job=\"{}\",instance=\"127.0.0.1:{}\"{}{}", job, port, more.empty() ? "" : ",", more);
}

std::string label(std::string_view name, std::string_view value) {
  std::string text = fmt::format("{}=\"", name);
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text + '"';
}

}  // namespace picket::demo
