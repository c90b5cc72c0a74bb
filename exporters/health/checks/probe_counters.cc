#include "exporters/health/checks/probe_counters.h"

#include <algorithm>
#include <numeric>

namespace picket::health {

void LatencyHistogram::observe(Duration took) {
  const double value = seconds(took);
  const auto bound = std::lower_bound(kLatencyBounds.begin(), kLatencyBounds.end(), value);
  ++counts[static_cast<std::size_t>(bound - kLatencyBounds.begin())];
  sum_seconds += value;
}

std::uint64_t LatencyHistogram::count() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

void ProbeCounters::take(const ProbeResult& result, bool is_slow) {
  ++probes;
  if (is_slow) ++slow;
  if (!result.success) {
    const FailureReason reason =
        result.reason == FailureReason::None ? FailureReason::Internal : result.reason;
    ++failures[static_cast<std::size_t>(reason)];
  }
  durations.observe(result.duration);
}

void ProbeCounters::add(const ProbeCounters& before) {
  probes += before.probes;
  slow += before.slow;
  for (std::size_t i = 0; i < failures.size(); ++i) failures[i] += before.failures[i];
  for (std::size_t i = 0; i < durations.counts.size(); ++i) {
    durations.counts[i] += before.durations.counts[i];
  }
  durations.sum_seconds += before.durations.sum_seconds;
}

}  // namespace picket::health
