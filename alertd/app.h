// alertd: evaluates Prometheus rules and sees to it that people hear of them. The only file that knows every
// part.
#pragma once

#include <memory>

#include "base/daemon/service.h"

namespace picket::alertd {

/// --config.check: alertd.yml, its rule files and templates, without starting anything.
Result<void> check_alertd_config(const std::string& file, const Files& files);

std::unique_ptr<Service> make_alertd(DaemonContext& context);

}  // namespace picket::alertd
