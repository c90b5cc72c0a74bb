#include "tests/e2e/demo/own_network.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "tests/support/give_up.h"

namespace picket::test {

bool enter_own_network() {
  if (::unshare(CLONE_NEWNET) != 0) return false;
  const int handle = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq loopback{};
  std::memcpy(loopback.ifr_name, "lo", 3);
  loopback.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool is_up = ::ioctl(handle, SIOCSIFFLAGS, &loopback) == 0;
  ::close(handle);
  if (!is_up) give_up("the loopback device of the test's own network does not come up");
  return true;
}

}  // namespace picket::test
