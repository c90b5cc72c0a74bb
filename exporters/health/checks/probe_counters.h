// What is counted over the probes of one check, for the counters of /metrics. Survives restarts. A value,
// about 250 bytes; not synchronised.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/time/clock.h"
#include "exporters/health/checks/state.h"
#include "exporters/health/probe/probe_result.h"

namespace picket::health {

/// Upper bounds in seconds: around what people promise (50, 100, 150, 300 ms) and what they wait for.
inline constexpr std::array<double, 12> kLatencyBounds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.15,
                                                          0.3,   0.5,  1,     2.5,  5,   10};

/// A classic histogram with the bounds above; counts are per bucket.
struct LatencyHistogram {
  std::array<std::uint64_t, kLatencyBounds.size() + 1> counts{};
  double sum_seconds = 0;

  void observe(Duration took);
  std::uint64_t count() const;
};

struct ProbeCounters {
  std::uint64_t probes = 0;
  std::uint64_t slow = 0;  ///< successes above degraded_above
  std::array<std::uint64_t, kFailureReasonCount> failures{};
  LatencyHistogram durations;

  /// `slow` as judged by the check's thresholds.
  void take(const ProbeResult& result, bool is_slow);
  /// What an earlier process counted.
  void add(const ProbeCounters& before);
};

/// Of icmp and filesystem checks only; since this process started.
struct IcmpCounters {
  std::uint64_t sent = 0, received = 0;
  LatencyHistogram round_trips;
};

}  // namespace picket::health
