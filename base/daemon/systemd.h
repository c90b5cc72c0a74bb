// What systemd and a daemon tell each other: readiness, and sockets handed over. Outside systemd nothing
// happens. Safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"

namespace picket {

/// "READY=1", "STOPPING=1".
void notify_systemd(std::string_view state);
/// RELOADING=1 with the time, as Type=notify-reload wants it.
void notify_systemd_reloading();
/// The listening sockets that were passed, as addresses for the HTTP server: "fd:3". Unavailable when there
/// are none.
Result<std::vector<std::string>> systemd_sockets();

}  // namespace picket
