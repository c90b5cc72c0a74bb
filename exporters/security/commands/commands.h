// What security_exporter does at a prompt: the attack rules listed, their examples checked, and a text tried. Prints
// to standard output, and what went wrong to standard error.
#pragma once

#include <vector>

#include "base/daemon/daemon.h"

namespace picket::security {

/// `rules list`, `rules test [FILE]` and `rules match TEXT`.
std::vector<DaemonCommand> commands();

}  // namespace picket::security
