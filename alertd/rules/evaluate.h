// The state machine of alerts: inactive, pending, firing, resolved. Pure functions of rule, state, samples
// and time (annotations may run queries of their own through `environment.engine`). Source of the semantics:
// Prometheus rules/alerting.go.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alertd/rules/alerting_rule.h"
#include "alertd/rules/rule_state.h"
#include "alertd/series/query_engine.h"

namespace picket::alertd {

struct EvaluationContext {
  Timestamp now = {};
  Duration interval = std::chrono::minutes(1);      ///< of the group
  Duration resend_delay = std::chrono::minutes(1);  ///< a firing alert is sent again after it
  /// An active alert that is missing from answers that are not whole is held for so long.
  Duration partial_hold = std::chrono::hours(1);
  std::int64_t limit = 0;                ///< most alerts of the rule; 0 is no limit
  Labels external_labels = {};           ///< for $externalLabels, and of alerts that begin to fire
  TemplateEnvironment environment = {};  ///< its `now` is set by evaluate()
};

enum class AlertChange { Pending, Firing, Resolved, Dropped };  ///< Dropped: pending that never fired
std::string_view to_string(AlertChange change);

struct ChangedAlert {
  AlertChange change;
  ActiveAlert alert;
};

/// What an evaluation brings. Applying it is: store `next`, hand `send` on, in one transaction.
struct RuleTransition {
  RuleState next;
  std::vector<ChangedAlert> changes;
  /// Firing (valid_until set) and resolved (resolved_at set) alerts that are due for sending.
  std::vector<ActiveAlert> send;
  std::optional<Error> error;  ///< the evaluation failed; `next` has the alerts as they were
  bool partial = false;        ///< the answer was not whole
  std::size_t template_failures = 0;
};

RuleTransition evaluate(const AlertingRule& rule, const RuleState& state, const Vector& vector,
                        const EvaluationContext& context);
/// The query failed: alerts stay as they are, firing ones stay valid (no false "resolved").
RuleTransition hold_state(const RuleState& state, const Error& error, const EvaluationContext& context);
/// The rule is gone: firing alerts are resolved now, the others dropped.
RuleTransition retire(const RuleState& state, const EvaluationContext& context);

}  // namespace picket::alertd
