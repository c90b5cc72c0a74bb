// Many checks to one answer: the state of a group and of everything.
#pragma once

#include <span>
#include <string_view>

#include "exporters/health/checks/check_config.h"
#include "exporters/health/checks/state.h"

namespace picket::health {

struct Rated {
  Criticality criticality = Criticality::Important;
  State state = State::Unknown;
};

/// The worst state of the critical checks; without any, of all. Unknown for an empty group.
State group_state(std::span<const Rated> checks);

enum class Overall : std::uint8_t { Healthy, Degraded, Down };
std::string_view to_string(Overall overall);

/// Down when a critical check is down; degraded when a critical one is degraded or unknown or an important
/// one is down or degraded; minor checks do not count.
Overall overall_state(std::span<const Rated> checks);

}  // namespace picket::health
