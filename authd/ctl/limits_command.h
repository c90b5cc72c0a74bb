// `authctl limits explain`: which tiers a request would meet, and why, by the configuration alone; with a
// store also the blocks in force.
#pragma once

#include <string>
#include <vector>

#include "authd/accounts/guards.h"
#include "authd/config/authd_config.h"
#include "authd/ctl/ctl_line.h"
#include "authd/ctl/terminal.h"

namespace picket::authd {

struct LimitQuestion {
  const CtlArguments& args;  ///< ip, path
  std::string user_id{};     ///< "" for strangers
  std::vector<StoredBlock> blocks{};
};
Result<int> explain_limits(const RateLimitConfig& config, const LimitQuestion& question, Terminal& terminal);

}  // namespace picket::authd
