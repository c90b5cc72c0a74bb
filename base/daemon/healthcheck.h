// --healthcheck: does the daemon that was started with the same flags answer? For container health checks,
// which have no curl.
#pragma once

#include "base/daemon/service.h"

namespace picket {

/// GET /-/healthy at the first listen address, over TLS when the web configuration says so. An answer that
/// asks for a password counts: the daemon lives.
Result<void> check_health(const DaemonFlags& flags, const Files& files);

}  // namespace picket
