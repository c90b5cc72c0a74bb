#include "alertd/dispatch/decision.h"

#include <algorithm>

namespace picket::alertd {
namespace {

std::vector<Alert> in_order(std::vector<Alert> alerts) {
  std::ranges::sort(alerts, [](const Alert& a, const Alert& b) {
    return a.starts_at != b.starts_at ? a.starts_at < b.starts_at : a.labels < b.labels;
  });
  return alerts;
}

/// Resolved alerts that the integration was told of while they fired.
std::vector<Alert> known_resolved(const Told* told, const GroupView& group) {
  std::vector<Alert> known;
  if (told == nullptr) return known;
  std::ranges::copy_if(group.resolved, std::back_inserter(known),
                       [told](const Alert& alert) { return told->firing.contains(alert.fingerprint()); });
  return known;
}

SendReason reason_now(const Told* told, const GroupView& group, bool has_resolved,
                      const DecisionRules& rules) {
  const bool fires = !group.firing.empty();
  if (told == nullptr) return fires ? SendReason::First : SendReason::Nothing;
  const bool is_new = std::ranges::any_of(
      group.firing, [told](const Alert& alert) { return !told->firing.contains(alert.fingerprint()); });
  if (is_new) return told->firing.empty() ? SendReason::First : SendReason::NewAlerts;
  if (has_resolved && rules.send_resolved) return SendReason::Resolved;
  if (fires && rules.now - told->at >= rules.repeat_interval) return SendReason::Repeat;
  return SendReason::Nothing;
}

Told told_after(const Told* told, const GroupView& group, Timestamp at) {
  Told after{.firing = {}, .at = at};
  for (const Alert& alert : group.firing) after.firing.insert(alert.fingerprint());
  if (told == nullptr) return after;
  for (const Fingerprint& muted : group.muted) {
    if (told->firing.contains(muted)) after.firing.insert(muted);  // unmuting is no news
  }
  return after;
}

}  // namespace

std::string_view to_string(SendReason reason) {
  switch (reason) {
    case SendReason::Nothing:
      return "nothing";
    case SendReason::First:
      return "first";
    case SendReason::NewAlerts:
      return "new_alerts";
    case SendReason::Resolved:
      return "resolved";
    case SendReason::Repeat:
      return "repeat";
  }
  return "nothing";
}

Decision decide(const Told* told, const GroupView& group, const DecisionRules& rules) {
  const std::vector<Alert> resolved = known_resolved(told, group);
  Decision decision;
  decision.reason = reason_now(told, group, !resolved.empty(), rules);
  if (decision.reason == SendReason::Nothing) {
    if (!resolved.empty()) decision.after = told_after(told, group, told->at);
    return decision;
  }
  decision.alerts = in_order(group.firing);
  if (rules.send_resolved) std::ranges::copy(in_order(resolved), std::back_inserter(decision.alerts));
  decision.after = told_after(told, group, rules.now);
  return decision;
}

}  // namespace picket::alertd
