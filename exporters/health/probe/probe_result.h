// What one run of a prober gives. Made by probers, read by CheckState (success, duration), /metrics (facts)
// and /probe (all of it). A value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/net/ip_address.h"
#include "base/net/resolver.h"
#include "base/net/tls.h"
#include "base/text/duration.h"
#include "exporters/health/probe/facts.h"
#include "exporters/health/probe/failure_reason.h"

namespace picket::health {

enum class Phase : std::uint8_t { Resolve, Connect, Tls, Request, Processing, Transfer };
inline constexpr std::size_t kPhaseCount = 6;
inline constexpr std::array<std::string_view, kPhaseCount> kPhaseNames = {
    "resolve", "connect", "tls", "request", "processing", "transfer"};

struct ProbeResult {
  bool success = false;
  /// It succeeded, but with something to look at (a disk nearly full, a certificate that ends soon):
  /// degraded.
  bool degraded = false;
  /// Also of what degrades it, where there is one (cert).
  FailureReason reason = FailureReason::None;
  /// For a person: why it failed or is degraded, or what is missing although it is well; with the values that
  /// matter ("status 503, want 200-299"). At most a few hundred bytes; never a secret; nothing a peer said
  /// unless cut and repaired to UTF-8.
  std::string detail;

  /// What is judged: from the start of the probe to its end, without waiting in our own queues; of PostgreSQL
  /// that of the query (and of the connect, when it is asked for).
  Duration duration{};
  std::array<std::optional<Duration>, kPhaseCount> phases;  ///< by Phase; empty: did not happen
  std::optional<AddressCounts> resolved;  ///< how many addresses the name had; empty for literals
  std::optional<IpAddress> peer;          ///< the address connected to

  Facts facts;
  std::optional<TlsFacts> tls;  ///< also when verification failed

  void set_phase(Phase phase, Duration took) { phases[static_cast<std::size_t>(phase)] = took; }
  void fail_with(FailureReason why, std::string what) {
    success = false;
    reason = why;
    detail = std::move(what);
  }
};

/// Errors of base/net as reasons: Denied is policy, Timeout is timeout, NotFound (of a name) is resolve, the
/// rest is `otherwise`.
FailureReason reason_of(const Error& error, FailureReason otherwise);

}  // namespace picket::health
