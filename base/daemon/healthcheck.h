// --healthcheck: does the daemon that was started with the same flags do its work? For container health
// checks, which have no curl.
#pragma once

#include "base/daemon/service.h"

namespace picket {

/// GET /-/ready at the first listen address, over TLS when the web configuration says so; the error holds the
/// daemon's reason. An answer that asks for a password counts: the daemon lives, and more cannot be seen.
Result<void> check_health(const DaemonFlags& flags, const Files& files);

}  // namespace picket
