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

std::vector<Alert> only(const std::vector<Alert>& alerts, const auto& wanted) {
  std::vector<Alert> chosen;
  std::ranges::copy_if(alerts, std::back_inserter(chosen),
                       [&](const Alert& alert) { return wanted(alert.fingerprint()); });
  return chosen;
}

SendReason reason_now(const TargetState& before, const GroupView& group, bool tells_resolved,
                      const DecisionRules& rules) {
  const bool fires = !group.firing.empty();
  const std::set<Fingerprint>* known = before.known_firing();
  if (known == nullptr) return fires ? SendReason::First : SendReason::Nothing;
  const bool is_new = std::ranges::any_of(
      group.firing, [known](const Alert& alert) { return !known->contains(alert.fingerprint()); });
  if (is_new) return known->empty() ? SendReason::First : SendReason::NewAlerts;
  if (tells_resolved) return SendReason::Resolved;
  if (fires && rules.now - before.known_at() >= rules.repeat_interval) return SendReason::Repeat;
  return SendReason::Nothing;
}

WaitingNotification notification_of(const TargetState& before, const GroupView& group,
                                    const std::vector<Alert>& resolved, Timestamp now) {
  WaitingNotification waiting{.delivery = {}, .firing = {}, .resolved = {}, .at = now};
  for (const Alert& alert : group.firing) waiting.firing.insert(alert.fingerprint());
  for (const Alert& alert : resolved) waiting.resolved.insert(alert.fingerprint());
  for (const Fingerprint& muted : group.muted) {
    if (before.last && before.last->firing.contains(muted))
      waiting.firing.insert(muted);  // unmuting is no news
  }
  return waiting;
}

/// Nothing is told; what resolved is forgotten, so that it is news when it fires again.
void forget_resolved(const GroupView& group, Decision& decision) {
  if (decision.after.waiting || !decision.after.last) return;
  for (const Alert& alert : group.resolved) {
    if (decision.after.last->firing.erase(alert.fingerprint()) > 0) decision.changed = true;
  }
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

Decision decide(const TargetState& before, const GroupView& group, const DecisionRules& rules) {
  const auto known = [&](Fingerprint alert) {
    return before.known_firing() != nullptr && before.known_firing()->contains(alert);
  };
  const auto waits = [&](Fingerprint alert) {
    return before.waiting &&
           (before.waiting->firing.contains(alert) || before.waiting->resolved.contains(alert));
  };
  const bool tells_resolved = rules.send_resolved && !only(group.resolved, known).empty();
  Decision decision;
  decision.after = before;
  decision.reason = reason_now(before, group, tells_resolved, rules);
  if (decision.reason == SendReason::Nothing) {
    if (!rules.send_resolved) forget_resolved(group, decision);
    return decision;
  }
  const std::vector<Alert> resolved = only(group.resolved, [&](Fingerprint alert) {
    return waits(alert) || (rules.send_resolved && known(alert));
  });
  decision.alerts = in_order(group.firing);
  std::ranges::copy(in_order(resolved), std::back_inserter(decision.alerts));
  decision.after.waiting = notification_of(before, group, resolved, rules.now);
  decision.changed = true;
  return decision;
}

}  // namespace picket::alertd
