// What /metrics and the API show of one check: a copy, cheap to take (strings and facts are shared).
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exporters/health/checks/check_state.h"
#include "exporters/health/checks/health_config.h"
#include "exporters/health/checks/probe_counters.h"

namespace picket::health {

/// The last probe's result, as far as it is shown. Immutable.
struct LastProbe {
  bool success = false;
  FailureReason reason = FailureReason::None;
  std::string detail;
  Duration duration{};
  std::array<std::int32_t, kPhaseCount> phase_micros{};  ///< negative: did not happen
  std::optional<AddressCounts> resolved;
  Facts facts;
  std::shared_ptr<const TlsFacts> tls;
};

/// Why it last failed or was degraded. Kept when the check recovers.
struct LastError {
  WallTime at;
  FailureReason reason = FailureReason::None;  ///< none: a warning of another kind
  std::string message;
};

struct UptimeWindow {
  std::string_view name;
  Duration length;
};
inline constexpr std::array<UptimeWindow, 5> kUptimeWindows = {{{"1h", std::chrono::hours(1)},
                                                                {"24h", std::chrono::hours(24)},
                                                                {"7d", std::chrono::hours(24 * 7)},
                                                                {"30d", std::chrono::hours(24 * 30)},
                                                                {"90d", std::chrono::hours(24 * 90)}}};

struct CheckStatus {
  std::shared_ptr<const CheckConfig> config;
  State state = State::Unknown;
  bool flapping = false;
  unsigned failures_in_row = 0;
  WallTime since;
  StateTimes times{};
  std::array<std::uint64_t, kStateCount> entered{};
  ProbeCounters counters;
  std::optional<WallTime> last_probe, last_success;
  std::shared_ptr<const LastProbe> last;               ///< null: none yet in this process
  std::array<double, kUptimeWindows.size()> uptime{};  ///< negative: nothing known
  std::shared_ptr<const LastError> last_error;         ///< null: none in this process
  std::shared_ptr<const IcmpCounters> icmp;            ///< null: no icmp check
  std::shared_ptr<const LatencyHistogram> canary;      ///< null: no filesystem canary
};

/// All checks at one moment, in the order of the file. Immutable, shared by scrapes.
struct Snapshot {
  WallTime taken;
  std::shared_ptr<const HealthConfig> config;
  std::vector<CheckStatus> checks;

  const CheckStatus* find(std::string_view name) const;
};

}  // namespace picket::health
