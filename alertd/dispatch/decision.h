// Whether a group has something to say to a target now. A pure function of what the target knows, what waits
// for it and what is so now. Source: Alertmanager's deduplication stage; unlike there, an alert that nobody
// was told of is not told as resolved, and what still waits is superseded instead of followed.
#pragma once

#include <set>
#include <string_view>
#include <vector>

#include "alertd/dispatch/last_notification.h"

namespace picket::alertd {

/// The alerts of a group at one moment, with what mutes them taken out.
struct GroupView {
  std::vector<Alert> firing;
  std::vector<Alert> resolved;
  std::set<Fingerprint> muted;  ///< firing, but not to be told now
};

enum class SendReason { Nothing, First, NewAlerts, Resolved, Repeat };
std::string_view to_string(SendReason reason);

struct Decision {
  SendReason reason = SendReason::Nothing;
  std::vector<Alert> alerts;  ///< to be told: firing first, then resolved
  /// What is true of the target once the decision is stored. `waiting->delivery` is still to be filled in
  /// when there is something to tell.
  TargetState after;
  bool changed = false;  ///< `after` differs from before
};

struct DecisionRules {
  bool send_resolved = true;
  Duration repeat_interval{};
  Timestamp now{};
};

/// A message that waits is superseded by one that says more: it carries every alert of the old one, also
/// those that resolved since.
Decision decide(const TargetState& before, const GroupView& group, const DecisionRules& rules);

}  // namespace picket::alertd
