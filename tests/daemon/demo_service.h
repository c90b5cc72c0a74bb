// The service of demo_daemon: a message, a slow page, a collector with hostile text. Test use only.
#pragma once

#include <memory>

#include "base/daemon/service.h"

namespace picket::test {

std::unique_ptr<Service> make_demo_service(DaemonContext& context);
Result<void> check_demo_config(const DaemonFlags& flags, const Files& files);

}  // namespace picket::test
