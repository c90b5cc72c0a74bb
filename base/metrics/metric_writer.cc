#include "base/metrics/metric_writer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/result/result.h"

namespace picket {

void observe(HistogramValue& histogram, double value) {
  if (histogram.counts.empty()) histogram.counts.resize(histogram.bounds.size() + 1);
  // A NaN is below no bound.
  const auto bucket =
      std::isnan(value) ? histogram.bounds.end() : std::ranges::lower_bound(histogram.bounds, value);
  ++histogram.counts[static_cast<std::size_t>(bucket - histogram.bounds.begin())];
  histogram.sum += value;
}

void FamilyWriter::states(LabelValues labels, std::span<const std::string_view> all,
                          std::string_view current) {
  std::array<std::string_view, 16> values;
  check(labels.size() < values.size(), "too many labels");
  std::string_view& state = *std::ranges::copy(labels, values.begin()).out;
  const std::span<const std::string_view> used(values.data(), labels.size() + 1);
  for (const std::string_view one : all) {
    state = one;
    sample(used, one == current ? 1 : 0);
  }
}

}  // namespace picket
