// What of authd.yml a reload cannot put in force, because it shapes what is made once at the start.
#pragma once

#include <string>
#include <vector>

#include "authd/config/authd_config.h"

namespace picket::authd {

/// The keys in which `wanted` differs from what the daemon was started with: "ratelimit.redis".
std::vector<std::string> waits_for_restart(const AuthdConfig& started_with, const AuthdConfig& wanted);

}  // namespace picket::authd
