// The state of one check, as a pure state machine: no clock, no I/O. Every function takes the state and the
// moment, and changes the state by the rules alone. Not synchronised: the engine guards it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "exporters/health/checks/check_config.h"
#include "exporters/health/checks/moment.h"
#include "exporters/health/checks/state.h"
#include "exporters/health/checks/timeline.h"

namespace picket::health {

/// Seconds spent in each state, by index_of(State).
using StateTimes = std::array<Duration, kStateCount>;

struct CheckState {
  State state = State::Unknown;
  WallTime since;                                    ///< when it came into this state
  StateTimes times{};                                ///< complete up to `counted_to`
  MonoTime counted_to;                               ///< of this process's monotonic clock
  std::array<std::uint64_t, kStateCount> entered{};  ///< transitions into each state

  State settled = State::Unknown;  ///< `state` without flapping: what the streaks let through
  unsigned failures_in_row = 0;    ///< verdicts "down"
  unsigned up_in_row = 0;          ///< verdicts other than "down"
  std::vector<MonoTime> changes;   ///< of `settled`: the latest, oldest first, at most flapping.changes
  bool flapping = false;           ///< `state` is degraded at best
};

struct StateChange {
  State from = State::Unknown;
  State to = State::Unknown;
  WallTime from_since;  ///< when it had come into `from`
};

/// "took 412 ms, down_above is 300ms".
std::string took_longer(Duration took, std::string_view threshold, Duration limit);

/// A success slower than `down_above`, as the failure that it counts as; empty for every other result.
std::optional<ProbeResult> failed_by_time(const StatePolicy& policy, const ProbeResult& result);

/// What a result means by itself: no damping. A success slower than `down_above` is no longer one.
State judge(const StatePolicy& policy, const ProbeResult& result);

/// Counts the time since `counted_to` into the current state and the timeline.
void count_time(CheckState& state, Timeline& timeline, Moment now);

/// Takes a verdict in. In maintenance only the streaks change. The change, when the state changed.
std::optional<StateChange> take_verdict(const StatePolicy& policy, CheckState& state, State verdict,
                                        Moment now);

/// Ends flapping when the last changes are long enough ago, without a new verdict. The change, if any.
std::optional<StateChange> calm_down(const StatePolicy& policy, CheckState& state, Moment now);

/// Enters or leaves maintenance; leaving goes to unknown until the next result. The change, if any.
std::optional<StateChange> set_maintenance(CheckState& state, bool covered, Moment now);

}  // namespace picket::health
