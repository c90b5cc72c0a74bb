// Whether a group has something to say to an integration now. A pure function of what was said before and
// what is so now. Source: Alertmanager's deduplication stage; unlike there, an alert that nobody was told of
// is not told as resolved.
#pragma once

#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "alertd/alerts/alert.h"

namespace picket::alertd {

/// What an integration was last told of a group.
struct Told {
  std::set<Fingerprint> firing;
  Timestamp at{};
};

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
  /// What the integration knows afterwards; none when nothing changes.
  std::optional<Told> after;
};

struct DecisionRules {
  bool send_resolved = true;
  Duration repeat_interval{};
  Timestamp now{};
};

Decision decide(const Told* told, const GroupView& group, const DecisionRules& rules);

}  // namespace picket::alertd
