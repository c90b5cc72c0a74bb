// authd: who people and programs are, and what keeps others out. The only file that knows every part.
#pragma once

#include <memory>

#include "base/daemon/service.h"

namespace picket::authd {

/// --config.check: authd.yml with what the flags add to it, without starting anything.
Result<void> check_authd_config(const DaemonFlags& flags, const Files& files);

/// A login blocks a worker while its password waits and is hashed: as many as the password pool takes, and
/// some for everything else.
std::size_t http_threads();
/// As many as there are processors, up to four: proxies ask about every request of every app.
std::size_t server_threads();

std::unique_ptr<Service> make_authd(DaemonContext& context);

}  // namespace picket::authd
