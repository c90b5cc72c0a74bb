// `business_exporter query NAME --dry-run`: runs one query of the configuration once, as the daemon would,
// and tells what came of it.
#pragma once

#include <string>
#include <vector>

#include "base/daemon/service.h"

namespace picket::business {

/// The exit status: 1 when the configuration or the run fails, 2 for wrong words.
int run_query_command(const std::vector<std::string>& words, const DaemonFlags& flags, Files& files);

}  // namespace picket::business
