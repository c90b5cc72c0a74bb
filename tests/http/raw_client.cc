#include "tests/http/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <utility>

#include "base/text/strings.h"

namespace picket::test {
namespace {

int connect_inet(std::uint16_t port, const std::string& address) {
  if (address.find(':') != std::string::npos) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    ::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr);
    const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&v6), sizeof v6) == 0) return fd;
    ::close(fd);
    return -1;
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &v4.sin_addr);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&v4), sizeof v4) == 0) return fd;
  ::close(fd);
  return -1;
}

}  // namespace

std::string RawResponse::field(const std::string& name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? "" : found->second;
}

RawClient::RawClient(std::uint16_t port, const std::string& address) : fd_(connect_inet(port, address)) {
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

RawClient RawClient::unix_socket(const std::string& path) {
  RawClient client;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  client.fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(client.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(std::exchange(client.fd_, -1));
  }
  return client;
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), ended_(other.ended_), inbox_(std::move(other.inbox_)) {}

RawClient::~RawClient() {
  if (fd_ >= 0) ::close(fd_);
}

void RawClient::shrink_receive_buffer(int bytes) {
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

std::size_t RawClient::send_some(std::string_view bytes) {
  const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string RawClient::receive(std::chrono::milliseconds patience) {
  pollfd wait{fd_, POLLIN, 0};
  if (::poll(&wait, 1, static_cast<int>(patience.count())) <= 0) return {};
  std::string piece(65536, '\0');
  const ssize_t got = ::recv(fd_, piece.data(), piece.size(), 0);
  ended_ = got <= 0;
  piece.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return piece;
}

bool RawClient::fill() {
  const std::string piece = receive();
  inbox_ += piece;
  return !piece.empty();
}

bool RawClient::take(std::size_t count, std::string& out) {
  while (inbox_.size() < count) {
    if (!fill()) return false;
  }
  out.append(inbox_, 0, count);
  inbox_.erase(0, count);
  return true;
}

std::string RawClient::take_line() {
  std::size_t end = inbox_.find("\r\n");
  while (end == std::string::npos) {
    if (!fill()) return {};
    end = inbox_.find("\r\n");
  }
  std::string line = inbox_.substr(0, end);
  inbox_.erase(0, end + 2);
  return line;
}

void RawClient::read_chunks(std::string& body) {
  for (;;) {
    const std::string line = take_line();
    std::size_t size = 0;
    std::from_chars(line.data(), line.data() + line.size(), size, 16);
    if (line.empty() || (size > 0 && !take(size, body))) {
      body += "<cut>";
      return;
    }
    take_line();
    if (size == 0) return;
  }
}

RawResponse RawClient::response(bool to_head) {
  RawResponse result;
  std::size_t end = inbox_.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (!fill()) return result;
    end = inbox_.find("\r\n\r\n");
  }
  result.head = inbox_.substr(0, end + 2);
  inbox_.erase(0, end + 4);
  std::from_chars(result.head.data() + 9, result.head.data() + 12, result.status);
  for (const std::string_view line : split(result.head, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    result.fields[to_lower(line.substr(0, colon))] = std::string(trim(line.substr(colon + 1)));
  }
  if (to_head || result.status == 100 || result.status == 204 || result.status == 304) return result;
  if (result.field("transfer-encoding") == "chunked") {
    read_chunks(result.body);
  } else if (const std::string length = result.field("content-length"); !length.empty()) {
    take(std::stoul(length), result.body);
  } else {
    result.body = until_closed().value_or("<open>");
  }
  return result;
}

RawResponse RawClient::ask(std::string_view bytes) {
  send(bytes);
  return response();
}

std::optional<std::string> RawClient::until_closed() {
  while (!ended_) {
    if (!fill() && !ended_) return std::nullopt;
  }
  return std::exchange(inbox_, {});
}

bool RawClient::is_closed_within(std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!ended_ && std::chrono::steady_clock::now() < end) {
    inbox_ += receive(std::chrono::milliseconds(20));
  }
  return ended_;
}

}  // namespace picket::test
