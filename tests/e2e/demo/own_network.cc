#include "tests/e2e/demo/own_network.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "tests/support/give_up.h"

namespace picket::test {
namespace {

bool start_loopback() {
  const int handle = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq loopback{};
  std::memcpy(loopback.ifr_name, "lo", 3);
  loopback.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool is_up = ::ioctl(handle, SIOCSIFFLAGS, &loopback) == 0;
  ::close(handle);
  return is_up;
}

bool add_device() {
  const int handle = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  ifreq device{};
  std::memcpy(device.ifr_name, "net0", 5);
  device.ifr_flags = IFF_TAP | IFF_NO_PI;
  const bool is_there = ::ioctl(handle, TUNSETIFF, &device) == 0 && ::ioctl(handle, TUNSETPERSIST, 1) == 0;
  ::close(handle);
  return is_there;
}

}  // namespace

bool enter_own_network() {
  if (::unshare(CLONE_NEWNET) != 0) return false;
  if (!start_loopback()) give_up("the loopback device of the test's own network does not come up");
  if (!add_device()) give_up("the test's own network gets no device from /dev/net/tun");
  return true;
}

}  // namespace picket::test
