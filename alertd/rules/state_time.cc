#include "alertd/rules/state_time.h"

namespace picket::alertd {

namespace {

void move(Timestamp& moment, Duration by) {
  if (moment != kNever) moment += by;
}

}  // namespace

void rebase(RuleState& state, Duration step) {
  move(state.last_evaluation, step);
  for (auto& [labels, alert] : state.alerts) {
    for (Timestamp* moment : {&alert.active_at, &alert.fired_at, &alert.resolved_at, &alert.keep_firing_since,
                              &alert.missing_since, &alert.last_sent_at, &alert.valid_until}) {
      move(*moment, step);
    }
    alert.dirty = true;
  }
}

void resume(RuleState& state, Timestamp now, Duration interval) {
  if (state.last_evaluation == kNever) return;
  const Duration away = now - state.last_evaluation;
  if (away < Duration::zero()) return rebase(state, away);  // the clock was set back meanwhile
  if (away <= interval) return;
  for (auto& [labels, alert] : state.alerts) {
    if (!alert.waits()) continue;
    if (alert.state == AlertState::Pending) move(alert.active_at, away);
    move(alert.keep_firing_since, away);
    move(alert.missing_since, away);
    alert.dirty = true;
  }
}

}  // namespace picket::alertd
