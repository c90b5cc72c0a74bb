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

  State last_verdict = State::Unknown;    ///< what the last result said by itself
  unsigned failures_in_row = 0;           ///< failed probes
  unsigned down_in_row = 0;               ///< verdicts "down", slow ones included
  unsigned up_in_row = 0;                 ///< verdicts other than "down"
  std::vector<MonoTime> verdict_changes;  ///< the latest, oldest first, at most flapping.changes
  bool flapping = false;
};

struct StateChange {
  State from = State::Unknown;
  State to = State::Unknown;
};

/// What a result means by itself: no damping.
State judge(const StatePolicy& policy, const ProbeResult& result);

/// Counts the time since `counted_to` into the current state and the timeline.
void count_time(CheckState& state, Timeline& timeline, Moment now);

/// Takes a verdict in. In maintenance only the streaks change. The change, when the state changed.
std::optional<StateChange> take_verdict(const StatePolicy& policy, CheckState& state, State verdict,
                                        Moment now);

/// Enters or leaves maintenance; leaving goes to unknown until the next result. The change, if any.
std::optional<StateChange> set_maintenance(CheckState& state, bool covered, Moment now);

}  // namespace picket::health
