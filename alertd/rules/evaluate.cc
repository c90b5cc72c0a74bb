#include "alertd/rules/evaluate.h"

#include <algorithm>

#include "alertd/rules/alert_expander.h"

namespace picket::alertd {

namespace {

/// A resolved alert is remembered, and sent again, for so long.
constexpr Duration kResolvedRetention = std::chrono::minutes(15);
constexpr int kValidIntervals = 4;
constexpr std::size_t kMaxForgotten = 100'000;

/// What the database keeps; value and annotations alone are not worth a write.
bool differs_durably(const ActiveAlert& a, const ActiveAlert& b) {
  return a.state != b.state || a.active_at != b.active_at || a.fired_at != b.fired_at ||
         a.resolved_at != b.resolved_at || a.keep_firing_since != b.keep_firing_since ||
         a.missing_since != b.missing_since;
}

bool is_active(const ActiveAlert& alert) {
  return alert.state != AlertState::Inactive;
}

/// The condition holds: `fresh` is the alert as its sample makes it, `before` what was known (or null).
ActiveAlert condition_holds(const AlertingRule& rule, ActiveAlert fresh, const ActiveAlert* before,
                            const EvaluationContext& context) {
  ActiveAlert alert = std::move(fresh);
  if (before && is_active(*before)) {
    const double value = alert.value;
    Labels annotations = alert.annotations;
    alert = *before;
    alert.value = value;
    alert.annotations = std::move(annotations);
  }
  alert.keep_firing_since = kNever;
  alert.missing_since = kNever;
  if (alert.state == AlertState::Pending && context.now - alert.active_at >= rule.hold) {
    alert.state = AlertState::Firing;
    alert.fired_at = context.now;
    alert.external_labels = context.external_labels;
  }
  return alert;
}

/// The condition does not hold. Nothing when the alert is to be forgotten.
std::optional<ActiveAlert> condition_ended(const AlertingRule& rule, ActiveAlert alert, Timestamp now) {
  if (alert.state == AlertState::Pending) return std::nullopt;
  if (alert.state == AlertState::Inactive) {
    const bool sent = alert.last_sent_at >= alert.resolved_at;
    if (sent && now - alert.resolved_at > kResolvedRetention) return std::nullopt;
    return alert;
  }
  if (rule.keep_firing_for > Duration::zero()) {
    if (alert.keep_firing_since == kNever) alert.keep_firing_since = now;
    if (now - alert.keep_firing_since < rule.keep_firing_for) return alert;
  }
  alert.state = AlertState::Inactive;
  alert.resolved_at = now;
  return alert;
}

/// The alert is not in the answer. Nothing when it is to be forgotten.
std::optional<ActiveAlert> not_in_answer(const AlertingRule& rule, ActiveAlert alert, const Vector& vector,
                                         const EvaluationContext& context) {
  if (vector.partial.empty()) {
    alert.missing_since = kNever;
  } else if (is_active(alert)) {
    if (alert.missing_since == kNever) alert.missing_since = context.now;
    if (context.now - alert.missing_since < context.partial_hold) return alert;
  }
  return condition_ended(rule, std::move(alert), context.now);
}

std::optional<AlertChange> change_between(const ActiveAlert* before, const ActiveAlert& after) {
  const AlertState was = before ? before->state : AlertState::Inactive;
  if (was == after.state) return std::nullopt;
  if (after.state == AlertState::Pending) return AlertChange::Pending;
  if (after.state == AlertState::Firing) return AlertChange::Firing;
  return AlertChange::Resolved;
}

/// Puts an alert into the next state and notes what became of it.
void keep(RuleTransition& transition, const ActiveAlert* before, ActiveAlert after) {
  after.dirty = !before || before->dirty || differs_durably(*before, after);
  if (const auto change = change_between(before, after)) transition.changes.push_back({*change, after});
  const Labels labels = after.labels;
  transition.next.alerts.insert_or_assign(labels, std::move(after));
}

void forget(RuleTransition& transition, const ActiveAlert& alert) {
  if (alert.state == AlertState::Pending) transition.changes.push_back({AlertChange::Dropped, alert});
  // Grows only while the database is away; a row too many in it ends with the next start.
  if (transition.next.forgotten.size() < kMaxForgotten) transition.next.forgotten.push_back(alert.labels);
}

bool needs_sending(const ActiveAlert& alert, const EvaluationContext& context) {
  if (alert.state == AlertState::Pending) return false;
  if (alert.resolved_at > alert.last_sent_at) return true;
  return alert.last_sent_at + context.resend_delay <= context.now;
}

void collect_due(RuleTransition& transition, const EvaluationContext& context) {
  const Duration valid = kValidIntervals * std::max(context.interval, context.resend_delay);
  for (auto& [labels, alert] : transition.next.alerts) {
    if (!needs_sending(alert, context)) continue;
    alert.last_sent_at = context.now;
    if (is_active(alert)) alert.valid_until = context.now + valid;
    transition.send.push_back(alert);
  }
}

const ActiveAlert* find(const RuleState& state, const Labels& labels) {
  const auto found = state.alerts.find(labels);
  return found == state.alerts.end() ? nullptr : &found->second;
}

}  // namespace

std::string_view to_string(AlertChange change) {
  switch (change) {
    case AlertChange::Pending:
      return "pending";
    case AlertChange::Firing:
      return "firing";
    case AlertChange::Resolved:
      return "resolved";
    case AlertChange::Dropped:
      return "dropped";
  }
  return "dropped";
}

RuleTransition evaluate(const AlertingRule& rule, const RuleState& state, const Vector& vector,
                        const EvaluationContext& context) {
  AlertExpander expander(rule, context);
  RuleTransition transition;
  RuleState& next = transition.next;
  next.forgotten = state.forgotten;
  next.described = state.described;
  for (const Sample& sample : vector.samples) {
    ActiveAlert fresh = expander.expand(sample);
    if (next.alerts.contains(fresh.labels)) {
      return hold_state(
          state,
          {ErrorKind::InvalidInput,
           fmt::format("vector contains metrics with the same labelset after applying alert labels: {}",
                       fresh.labels.to_string())},
          context);
    }
    const ActiveAlert* const before = find(state, fresh.labels);
    keep(transition, before, condition_holds(rule, std::move(fresh), before, context));
  }
  for (const auto& [labels, alert] : state.alerts) {
    if (next.alerts.contains(labels)) continue;
    if (auto kept = not_in_answer(rule, alert, vector, context)) {
      keep(transition, &alert, std::move(*kept));
    } else {
      forget(transition, alert);
    }
  }
  const auto active = static_cast<std::int64_t>(next.alerts.size() - next.count(AlertState::Inactive));
  if (context.limit > 0 && active > context.limit) {
    return hold_state(
        state,
        {ErrorKind::InvalidInput, fmt::format("exceeded limit of {} with {} alerts", context.limit, active)},
        context);
  }
  std::erase_if(next.forgotten, [&](const Labels& labels) { return next.alerts.contains(labels); });
  transition.partial = !vector.partial.empty();
  next.health = transition.partial ? RuleHealth::Bad : RuleHealth::Good;
  if (transition.partial) next.last_error = "the answer is not whole: " + vector.partial;
  next.last_evaluation = context.now;
  transition.template_failures = expander.failures();
  collect_due(transition, context);
  return transition;
}

RuleTransition hold_state(const RuleState& state, const Error& error, const EvaluationContext& context) {
  RuleTransition transition;
  transition.next = state;
  transition.next.health = RuleHealth::Bad;
  transition.next.last_error = error.message;
  transition.next.last_evaluation = context.now;
  transition.error = error;
  collect_due(transition, context);
  return transition;
}

RuleTransition retire(const RuleState& state, const EvaluationContext& context) {
  RuleTransition transition;
  transition.next.forgotten = state.forgotten;
  transition.next.last_evaluation = context.now;
  for (const auto& [labels, before] : state.alerts) {
    ActiveAlert alert = before;
    if (alert.state == AlertState::Firing) {
      alert.state = AlertState::Inactive;
      alert.resolved_at = context.now;
      transition.changes.push_back({AlertChange::Resolved, alert});
    }
    const bool unsent = alert.state == AlertState::Inactive && alert.resolved_at > alert.last_sent_at;
    alert.last_sent_at = context.now;
    if (unsent) transition.send.push_back(alert);
    forget(transition, alert);
  }
  return transition;
}

}  // namespace picket::alertd
