#include "tests/support/free_port.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>

#include "tests/support/give_up.h"

namespace picket::test {
namespace {

constexpr int kFirst = 20000;
constexpr int kLast = 31999;

template <class Address>
bool can_bind(const Address& address, int family) {
  const int socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return bound;
}

bool is_free(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return can_bind(address, AF_INET);
}

// An abstract unix socket is the reservation: one program can hold a name, and the kernel frees it when that
// program ends, however it ends.
bool reserve(int port) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const int length =
      std::snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "picket-test-port-%d", port);
  const auto size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + static_cast<std::size_t>(length));
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0) return true;  // held until exit
  ::close(socket);
  return false;
}

}  // namespace

int free_port() {
  std::random_device random;
  std::uniform_int_distribution<int> any(kFirst, kLast);
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const int port = any(random);
    if (reserve(port) && is_free(port)) return port;
  }
  give_up("no free port on 127.0.0.1");
}

bool has_ipv6_loopback() {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = IN6ADDR_LOOPBACK_INIT;
  return can_bind(address, AF_INET6);
}

}  // namespace picket::test
