#include "exporters/health/checks/check_state.h"

#include <algorithm>

namespace picket::health {

namespace {

/// Remembers when verdicts changed and decides whether that is flapping.
void watch_flapping(const Flapping& rule, CheckState& s, State verdict, MonoTime now) {
  if (rule.changes == 0) {
    s.flapping = false;
    return;
  }
  auto& changes = s.verdict_changes;
  if (verdict != s.last_verdict && s.last_verdict != State::Unknown) changes.push_back(now);
  const MonoTime horizon = now - rule.within;
  std::erase_if(changes, [horizon](MonoTime at) { return at <= horizon; });
  if (changes.size() > rule.changes) {
    changes.erase(changes.begin(), changes.end() - static_cast<std::ptrdiff_t>(rule.changes));
  }
  s.flapping = changes.size() >= rule.changes;
}

void count_streaks(CheckState& s, State verdict) {
  if (verdict == State::Down) {
    ++s.down_in_row;
    s.up_in_row = 0;
  } else {
    ++s.up_in_row;
    s.down_in_row = 0;
  }
}

/// The state that damping lets through.
State damped(const StatePolicy& policy, const CheckState& s, State verdict) {
  if (verdict == State::Down) {
    return s.state == State::Down || s.down_in_row >= policy.failures_before_down ? State::Down : s.state;
  }
  if (s.state == State::Down && s.up_in_row < policy.successes_before_up) return State::Down;
  const bool improves = s.state != State::Unknown && severity(verdict) < severity(s.state);
  return s.flapping && improves ? s.state : verdict;
}

std::optional<StateChange> change_to(CheckState& s, State to, Moment now) {
  if (s.state == to) return std::nullopt;
  const StateChange change{s.state, to};
  s.state = to;
  s.since = now.wall;
  ++s.entered[index_of(to)];
  return change;
}

}  // namespace

State judge(const StatePolicy& policy, const ProbeResult& result) {
  if (!result.success) return State::Down;
  if (policy.down_above && result.duration > *policy.down_above) return State::Down;
  if (policy.degraded_above && result.duration > *policy.degraded_above) return State::Degraded;
  return result.degraded ? State::Degraded : State::Operational;
}

void count_time(CheckState& s, Timeline& timeline, Moment now) {
  if (now.mono <= s.counted_to) return;
  const Duration elapsed = now.mono - s.counted_to;
  s.times[index_of(s.state)] += elapsed;
  timeline.add(s.state, elapsed);
  s.counted_to = now.mono;
}

std::optional<StateChange> take_verdict(const StatePolicy& policy, CheckState& s, State verdict, Moment now) {
  watch_flapping(policy.flapping, s, verdict, now.mono);
  s.last_verdict = verdict;
  count_streaks(s, verdict);
  if (s.state == State::Maintenance) return std::nullopt;
  return change_to(s, damped(policy, s, verdict), now);
}

std::optional<StateChange> set_maintenance(CheckState& s, bool covered, Moment now) {
  if (covered) return change_to(s, State::Maintenance, now);
  if (s.state != State::Maintenance) return std::nullopt;
  s.down_in_row = s.up_in_row = 0;
  s.verdict_changes.clear();
  s.last_verdict = State::Unknown;
  s.flapping = false;
  return change_to(s, State::Unknown, now);
}

}  // namespace picket::health
