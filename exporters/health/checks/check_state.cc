#include "exporters/health/checks/check_state.h"

#include <algorithm>
#include <utility>

namespace picket::health {

namespace {

/// Whether the state changed too often lately. Changes that are longer ago are forgotten.
void watch_flapping(const Flapping& rule, CheckState& s, MonoTime now) {
  const MonoTime horizon = now - rule.within;
  std::erase_if(s.changes, [horizon](MonoTime at) { return at <= horizon; });
  if (s.changes.size() > rule.changes) {
    s.changes.erase(s.changes.begin(), s.changes.end() - static_cast<std::ptrdiff_t>(rule.changes));
  }
  s.flapping = rule.changes > 0 && s.changes.size() >= rule.changes;
}

void count_streaks(CheckState& s, State verdict) {
  if (verdict == State::Down) {
    ++s.failures_in_row;
    s.up_in_row = 0;
  } else {
    ++s.up_in_row;
    s.failures_in_row = 0;
  }
}

/// The state that the streaks let through: one failure of three changes nothing.
State settled_by(const StatePolicy& policy, const CheckState& s, State verdict) {
  if (verdict == State::Down) {
    return s.settled == State::Down || s.failures_in_row >= policy.failures_before_down ? State::Down
                                                                                        : s.settled;
  }
  return s.settled == State::Down && s.up_in_row < policy.successes_before_up ? State::Down : verdict;
}

/// A service that works is not down because it was so a moment ago; while that changes all the time, it is
/// not operational either.
State shown(const CheckState& s) {
  return s.flapping && s.settled == State::Operational ? State::Degraded : s.settled;
}

std::optional<StateChange> change_to(CheckState& s, State to, Moment now) {
  if (s.state == to) return std::nullopt;
  const StateChange change{s.state, to, s.since};
  s.state = to;
  s.since = now.wall;
  ++s.entered[index_of(to)];
  return change;
}

}  // namespace

std::string took_longer(Duration took, std::string_view threshold, Duration limit) {
  return fmt::format("took {:.0f} ms, {} is {}", seconds(took) * 1e3, threshold, format_duration(limit));
}

std::optional<ProbeResult> failed_by_time(const StatePolicy& policy, const ProbeResult& result) {
  if (!result.success || !policy.down_above || result.duration <= *policy.down_above) return std::nullopt;
  ProbeResult failed = result;
  failed.fail_with(FailureReason::Timeout, took_longer(result.duration, "down_above", *policy.down_above));
  return failed;
}

State judge(const StatePolicy& policy, const ProbeResult& result) {
  if (!result.success) return State::Down;
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
  count_streaks(s, verdict);
  if (s.state == State::Maintenance) return std::nullopt;
  const State before = std::exchange(s.settled, settled_by(policy, s, verdict));
  if (s.settled != before && before != State::Unknown) s.changes.push_back(now.mono);
  watch_flapping(policy.flapping, s, now.mono);
  return change_to(s, shown(s), now);
}

std::optional<StateChange> calm_down(const StatePolicy& policy, CheckState& s, Moment now) {
  if (!s.flapping || s.state == State::Maintenance) return std::nullopt;
  watch_flapping(policy.flapping, s, now.mono);
  return change_to(s, shown(s), now);
}

std::optional<StateChange> set_maintenance(CheckState& s, bool covered, Moment now) {
  if (covered) return change_to(s, State::Maintenance, now);
  if (s.state != State::Maintenance) return std::nullopt;
  s.failures_in_row = s.up_in_row = 0;
  s.changes.clear();
  s.settled = State::Unknown;
  s.flapping = false;
  return change_to(s, State::Unknown, now);
}

}  // namespace picket::health
