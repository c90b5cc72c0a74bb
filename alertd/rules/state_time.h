// The moments that a rule remembers are of the wall clock, because they outlive the process; the durations
// between them are not to. These move the moments, so that `for` and its kin count time in which alertd ran,
// whatever the wall clock does. Pure functions.
#pragma once

#include "alertd/rules/rule_state.h"

namespace picket::alertd {

/// The wall clock was stepped by `step`: every moment moves with it.
void rebase(RuleState& state, Duration step);

/// The first evaluation after a restart, at `now`: what was waited for before the last evaluation counts, the
/// time since then does not, unless it is no longer than `interval` and no evaluation was left out. States of
/// earlier versions, which do not tell when they were evaluated, stay as they are.
void resume(RuleState& state, Timestamp now, Duration interval);

}  // namespace picket::alertd
