#include "base/http/acceptor.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/http/admission.h"

namespace picket {
namespace {

using ErrorCode = boost::system::error_code;

constexpr int kBatch = 64;  // accepted in one go, so that requests are served in between
constexpr Duration kPause = std::chrono::milliseconds(100);

bool is_starved(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

Connection::Client client_of(const sockaddr_storage& storage) {
  IpAddress address;
  std::uint16_t port = 0;
  if (storage.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &v6->sin6_addr, bytes.size());
    address = IpAddress::v6(bytes).unmapped();
    port = ntohs(v6->sin6_port);
  } else if (storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &v4->sin_addr, bytes.size());
    address = IpAddress::v4(bytes);
    port = ntohs(v4->sin_port);
  } else {
    return {{"unix", 0}, ""};
  }
  return {{address.text(), port}, client_key(address)};
}

}  // namespace

Acceptor::Acceptor(boost::asio::io_context& io, ListenSocket socket, Events events)
    : socket_(std::move(socket)),
      descriptor_(io, ::fcntl(socket_.fd(), F_DUPFD_CLOEXEC, 0)),
      timer_(io),
      events_(std::move(events)) {}

void Acceptor::stop() {
  stopped_ = true;
  ErrorCode ignored;
  descriptor_.close(ignored);
  timer_.cancel();
  socket_.close();
}

void Acceptor::wait() {
  descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](const ErrorCode& error) {
    if (!error && !stopped_) accept_all();
  });
}

void Acceptor::accept_all() {
  for (int i = 0; i < kBatch; ++i) {
    if (accept_one()) continue;
    if (is_starved(errno)) return pause();
    break;
  }
  wait();
}

/// False, with errno, when there is nothing to accept or it did not work.
bool Acceptor::accept_one() {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  const int fd =
      ::accept4(socket_.fd(), reinterpret_cast<sockaddr*>(&storage), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return errno == ECONNABORTED || errno == EINTR || errno == EPROTO;
  events_.accepted({fd, storage.ss_family, client_of(storage)});
  return true;
}

void Acceptor::pause() {
  events_.starved(errno);
  timer_.expires_after(kPause);
  timer_.async_wait([this](const ErrorCode& error) {
    if (!error && !stopped_) wait();
  });
}

}  // namespace picket
