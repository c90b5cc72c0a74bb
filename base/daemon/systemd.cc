#include "base/daemon/systemd.h"

#include <systemd/sd-daemon.h>

#include "base/time/clock.h"

namespace picket {

void notify_systemd(std::string_view state) {
  sd_notify(0, std::string(state).c_str());
}

void notify_systemd_reloading() {
  const auto now =
      std::chrono::duration_cast<std::chrono::microseconds>(SystemClock().mono().time_since_epoch());
  notify_systemd(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.count()));
}

Result<std::vector<std::string>> systemd_sockets() {
  const int count = sd_listen_fds(1);
  if (count <= 0) {
    return fail(ErrorKind::Unavailable,
                "--web.systemd-socket: systemd passed no sockets (is there a .socket unit?)");
  }
  std::vector<std::string> addresses;
  addresses.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) addresses.push_back(fmt::format("fd:{}", SD_LISTEN_FDS_START + i));
  return addresses;
}

}  // namespace picket
