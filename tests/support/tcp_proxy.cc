#include "tests/support/tcp_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "tests/support/give_up.h"

namespace picket::test {
namespace {

constexpr int kLookMillis = 5;

sockaddr_in local(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int listen_somewhere() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = local(0);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(fd, 64) != 0)
    give_up("no port for the proxy");
  return fd;
}

int port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

bool send_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(fd, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

TcpProxy::TcpProxy(int server_port)
    : server_port_(server_port),
      listener_(listen_somewhere()),
      port_(port_of(listener_)),
      left_(std::numeric_limits<std::int64_t>::max()),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

TcpProxy::~TcpProxy() {
  thread_.request_stop();
  thread_.join();
  for (const Pair& pair : pairs_) {
    ::close(pair.client);
    ::close(pair.server);
  }
  ::close(listener_);
}

void TcpProxy::pass(std::int64_t bytes, Then then) {
  then_ = then;
  left_ = bytes;
}

void TcpProxy::accept() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = local(server_port_);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    pairs_.push_back({client, server});
    return;
  }
  ::close(client);
  ::close(server);
}

bool TcpProxy::answer(const Pair& pair) {
  if (left_ == 0) return then_ == Then::Stall;
  std::array<char, 16384> buffer;
  const auto room = static_cast<std::size_t>(std::min<std::int64_t>(left_, buffer.size()));
  const ssize_t got = ::recv(pair.server, buffer.data(), room, MSG_DONTWAIT);
  if (got <= 0) return false;
  left_ -= got;
  passed_ += got;
  return send_all(pair.client, buffer.data(), static_cast<std::size_t>(got)) &&
         (left_ > 0 || then_ == Then::Stall);
}

bool TcpProxy::forward(const Pair& pair, bool from_client, bool from_server) {
  if (from_client) {
    std::array<char, 16384> buffer;
    const ssize_t got = ::recv(pair.client, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got <= 0 || !send_all(pair.server, buffer.data(), static_cast<std::size_t>(got))) return false;
  }
  return !from_server || answer(pair);
}

void TcpProxy::serve(const std::vector<pollfd>& sockets) {
  std::size_t at = 1;
  for (auto pair = pairs_.begin(); pair != pairs_.end(); at += 2) {
    const bool from_server = sockets[at + 1].events != 0 && sockets[at + 1].revents != 0;
    if (forward(*pair, sockets[at].revents != 0, from_server)) {
      ++pair;
      continue;
    }
    ::close(pair->client);
    ::close(pair->server);
    pair = pairs_.erase(pair);
  }
  if (sockets[0].revents != 0) accept();
}

void TcpProxy::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::vector<pollfd> sockets = {{listener_, POLLIN, 0}};
    const short server_events = left_ > 0 || then_ == Then::Cut ? POLLIN : 0;
    for (const Pair& pair : pairs_) {
      sockets.push_back({pair.client, POLLIN, 0});
      sockets.push_back({pair.server, server_events, 0});
    }
    if (::poll(sockets.data(), sockets.size(), kLookMillis) > 0) serve(sockets);
  }
}

}  // namespace picket::test
