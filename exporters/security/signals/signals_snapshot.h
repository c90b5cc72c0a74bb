// What the signals of one source say at a moment, and of several together: values for /metrics, the API, the
// pages and the response.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/net/ip_address.h"
#include "base/time/clock.h"
#include "exporters/security/events/security_event.h"
#include "exporters/security/signals/attack_history.h"
#include "exporters/security/signals/audit_chain_watch.h"
#include "exporters/security/signals/hyperloglog.h"
#include "exporters/security/signals/signal_counters.h"

namespace picket::security {

enum class TopKind : std::uint8_t { Attacks, Failures, Requests, Bytes };
inline constexpr std::array kTopKinds{TopKind::Attacks, TopKind::Failures, TopKind::Requests, TopKind::Bytes};
std::string_view to_string(TopKind kind);  ///< "attacks", "login_failures", "requests", "bytes"

/// The true count is from `count - error` to `count`, of this hour and the one before.
struct HeavyHitter {
  Cidr client{};  ///< an IPv4 address or an IPv6 /64
  Count count = 0;
  Count error = 0;
  bool is_claimed = false;  ///< the address is the client's own word
};

/// What a response may act upon.
struct Suspect {
  Cidr client{};
  double score = 0;  ///< of the running window: attacks + 4 * accepted ones + 10 for each detection
  Count attacks = 0, accepted = 0, failures = 0;
  std::vector<DetectionKind> detections{};
  /// Seen by the address of the connection or through trusted proxies. False for what a client claims: never
  /// act upon that.
  bool is_trusted = false;
};

/// Estimated by window, in the order of kDistinctSpans.
struct DistinctSketches {
  std::array<HyperLogLog, kDistinctSpans.size()> attack_clients, failing_clients, failing_accounts;
};

/// How much worse one is than another: of events and on pages.
Severity severity_of(DetectionKind kind);

/// A detection that goes on.
struct ActiveDetection {
  DetectionKind kind = DetectionKind::BruteForce;
  std::string client{}, account{};  ///< whose it is; both empty: of many clients together
  bool is_claimed = false;          ///< the client's address is its own word
  WallTime last{};                  ///< when its rule held last
};

struct SignalsSnapshot {
  std::string source{};  ///< "" of merged ones
  SignalCounters counters{};
  DistinctSketches distinct{};
  std::array<std::size_t, kDetectionKinds.size()> active{};      ///< detections that go on now
  std::array<std::vector<HeavyHitter>, kTopKinds.size()> top{};  ///< largest first, at most kTopMax
  std::vector<ActiveDetection> detections{};                     ///< at most kDetectionsMax of them
  std::array<AttackHistory::Hour, kCategories> hour{};           ///< by category
  std::optional<AuditChainStatus> chain{};                       ///< of this source alone: not merged

  static constexpr std::size_t kTopMax = 100;
  static constexpr std::size_t kDetectionsMax = 50;
};

/// Counts added, distinct ones as of the union, heavy hitters by client.
SignalsSnapshot merge(std::span<const SignalsSnapshot> snapshots);

}  // namespace picket::security
