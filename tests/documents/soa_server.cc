#include "tests/documents/soa_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <optional>

#include "base/text/encoding.h"
#include "tests/support/give_up.h"

namespace picket::test {
namespace {

constexpr std::size_t kHeader = 12;

/// Header and question are the query's; the record (RFC 1035, 3.3.13) is of the name at offset 12.
std::string answer_to(const std::string& query) {
  const std::string record = *hex_decode(
      "c00c00060001"
      "0000012c"
      "0016"
      "0000"
      "00000007"
      "00000e10"
      "00000384"
      "00093a80"
      "0000012c");
  const std::size_t name_end = query.find('\0', kHeader);
  const std::string question = query.substr(kHeader, name_end + 5 - kHeader);
  return query.substr(0, 2) + *hex_decode("81800001000100000000") + question + record;
}

}  // namespace

SoaServer::SoaServer()
    : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), stop_(eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool is_bound = bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                        getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!is_bound) give_up("no port for a DNS server");
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this] { serve(); });
}

SoaServer::~SoaServer() {
  const std::uint64_t one = 1;
  if (write(stop_, &one, sizeof one) != sizeof one) give_up("stopping a DNS server");
  thread_.join();
  close(socket_);
  close(stop_);
}

void SoaServer::serve() const {
  std::array<pollfd, 2> waiting{{{socket_, POLLIN, 0}, {stop_, POLLIN, 0}}};
  while (poll(waiting.data(), waiting.size(), -1) > 0 && waiting[1].revents == 0) {
    std::array<char, 2048> buffer{};
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const ssize_t got =
        recvfrom(socket_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (got < static_cast<ssize_t>(kHeader)) continue;
    const std::string answer = answer_to({buffer.data(), static_cast<std::size_t>(got)});
    sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
  }
}

}  // namespace picket::test
