// security_exporter as a Service: the only place that knows every part.
#pragma once

#include <memory>

#include "base/daemon/service.h"

namespace picket::security {

/// For --config.check.
Result<void> check_config(const std::string& file, const Files& files);

std::unique_ptr<Service> make_security_exporter(DaemonContext& context);

}  // namespace picket::security
