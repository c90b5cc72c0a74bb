// What a rule remembers from one evaluation to the next: its active alerts. Plain values; rule_state_store.h
// writes them to the database.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "alertd/series/labels.h"
#include "alertd/series/timestamp.h"

namespace picket::alertd {

enum class AlertState { Inactive, Pending, Firing };  ///< Inactive: resolved, still remembered for 15 min
std::string_view to_string(AlertState state);

struct ActiveAlert {
  Labels labels = {};  ///< alertname included
  Labels annotations = {};
  Labels external_labels = {};  ///< those in force when it began to fire: it keeps them to its end
  AlertState state = AlertState::Pending;
  double value = 0;
  Timestamp active_at = {};          ///< when it became pending
  Timestamp fired_at = {};           ///< kNever: has not fired
  Timestamp resolved_at = {};        ///< kNever: has not ended
  Timestamp keep_firing_since = {};  ///< kNever: the condition holds
  Timestamp missing_since = {};      ///< kNever: was in the last answer; else no answer since was whole
  Timestamp last_sent_at = {};       ///< kNever: not sent yet
  Timestamp valid_until = {};        ///< EndsAt of a firing alert that is sent
  bool dirty = true;                 ///< differs from what the database has

  /// The labels that it is routed and told by: its own, and of the external ones those that it has not.
  Labels sent_labels() const;
  /// A duration runs: `for`, `keep_firing_for`, or the hold of an answer that is not whole.
  bool waits() const;
  bool operator==(const ActiveAlert&) const = default;
};

enum class RuleHealth { Unknown, Good, Bad };
std::string_view to_string(RuleHealth health);  ///< "unknown", "ok", "err"

struct RuleState {
  /// Keyed by the labels of the alert.
  std::map<Labels, ActiveAlert> alerts;
  /// No longer active, still in the database.
  std::vector<Labels> forgotten;
  bool described = false;  ///< the database knows its rule's identity, expression and ordinal
  bool restored = false;   ///< came from the database and has not been evaluated since
  RuleHealth health = RuleHealth::Unknown;
  std::string last_error;
  Timestamp last_evaluation{};
  Duration evaluation_time{};

  std::size_t count(AlertState state) const;
  /// Whether the database lacks something of it; while an alert waits, that is when it was last evaluated.
  bool needs_saving() const;
};

}  // namespace picket::alertd
