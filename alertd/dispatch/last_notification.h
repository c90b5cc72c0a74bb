// What a target knows of a group, and what is on its way to it. A target is one address, number or URL of an
// integration; each is told, and fails, for itself.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "alertd/alerts/alert.h"

namespace picket::alertd {

/// What the target accepted last, or may have accepted.
struct LastNotification {
  std::set<Fingerprint> firing;
  Timestamp at{};
};

/// A message in the outbox that has not ended yet.
struct WaitingNotification {
  std::string delivery;  ///< its id
  std::set<Fingerprint> firing;
  std::set<Fingerprint> resolved;
  Timestamp at{};  ///< when it was decided
};

struct TargetState {
  std::optional<LastNotification> last;
  std::optional<WaitingNotification> waiting;

  /// What it will know once nothing waits any more; null when it was never told anything.
  const std::set<Fingerprint>* known_firing() const {
    if (waiting) return &waiting->firing;
    return last ? &last->firing : nullptr;
  }
  Timestamp known_at() const { return waiting ? waiting->at : last ? last->at : Timestamp{}; }
  bool refers_to(Fingerprint alert) const {
    return (last && last->firing.contains(alert)) ||
           (waiting && (waiting->firing.contains(alert) || waiting->resolved.contains(alert)));
  }
};

/// By target. The target "" stands for all that have no entry of their own: databases of before targets were
/// kept.
using TargetStates = std::map<std::string, TargetState>;

}  // namespace picket::alertd
