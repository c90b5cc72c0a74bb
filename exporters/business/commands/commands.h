// What business_exporter does at a prompt: a query tried out, and what the packs need. They print to standard
// output, and what went wrong to standard error.
#pragma once

#include <vector>

#include "base/daemon/daemon.h"

namespace picket::business {

/// `query NAME --dry-run` and `pack list|show NAME|schema NAME`.
std::vector<DaemonCommand> commands();

}  // namespace picket::business
