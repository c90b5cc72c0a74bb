#include "exporters/security/signals/transfer_baseline.h"

#include <algorithm>
#include <cmath>

#include "exporters/security/signals/state_json.h"

namespace picket::security {
namespace {

constexpr double kNewDay = 0.3;         ///< weight of the newest day
constexpr double kMadToSigma = 1.4826;  ///< of a normal distribution
constexpr double kDeviationMin = 0.5;   ///< a factor of 1.4: few clients look too much alike

double median_of(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::size_t hour_of_day(std::int64_t hour) {
  return static_cast<std::size_t>(hour % 24);
}

}  // namespace

void TransferBaseline::learn(std::int64_t hour, Direction direction, const std::vector<std::uint64_t>& sums) {
  if (sums.empty()) return;
  std::vector<double> values;
  values.reserve(sums.size());
  for (const std::uint64_t sum : sums) values.push_back(std::log2(1 + static_cast<double>(sum)));
  const double median = median_of(values);
  for (double& value : values) value = std::abs(value - median);
  const double deviation = kMadToSigma * median_of(values);
  Usual& usual = usual_.at(static_cast<std::size_t>(direction)).at(hour_of_day(hour));
  const double weight = usual.days == 0 ? 1 : kNewDay;
  usual.median += weight * (median - usual.median);
  usual.deviation += weight * (deviation - usual.deviation);
  if (usual.days < 1'000'000) ++usual.days;
}

std::optional<double> TransferBaseline::limit(std::int64_t hour, Direction direction, double deviations,
                                              std::uint32_t days) const {
  const Usual& usual = usual_.at(static_cast<std::size_t>(direction)).at(hour_of_day(hour));
  if (usual.days < days || usual.days == 0) return std::nullopt;
  return std::exp2(usual.median + deviations * std::max(usual.deviation, kDeviationMin));
}

nlohmann::json TransferBaseline::to_json() const {
  nlohmann::json json = nlohmann::json::array();
  for (const Day& day : usual_) {
    for (const Usual& usual : day)
      json.push_back(fields_json(std::tie(usual.median, usual.deviation, usual.days)));
  }
  return json;
}

bool TransferBaseline::restore(const nlohmann::json& json) {
  TransferBaseline read;
  if (!json.is_array() || json.size() != read.usual_.size() * Day{}.size()) return false;
  std::size_t at = 0;
  for (Day& day : read.usual_) {
    for (Usual& usual : day) {
      if (!read_fields(json[at++], std::tie(usual.median, usual.deviation, usual.days))) return false;
    }
  }
  *this = read;
  return true;
}

}  // namespace picket::security
