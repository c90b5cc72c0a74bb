#include "base/http/listen_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/net/ip_address.h"
#include "base/text/numbers.h"

namespace picket {
namespace {

constexpr int kBacklog = 1024;
constexpr mode_t kUnixMode = 0660;

std::string reason(int error) {
  return std::strerror(error);
}

Failure failed(const std::string& spec, std::string_view doing) {
  if (errno == EADDRINUSE) {
    return fail(ErrorKind::Unavailable, fmt::format("cannot listen on {}: address already in use", spec));
  }
  return fail(ErrorKind::Unavailable, fmt::format("cannot listen on {}: {}: {}", spec, doing, reason(errno)));
}

struct InetAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  bool is_v6 = false;
  bool is_dual = false;  ///< v6 socket that takes v4 too
};

InetAddress any_address(std::uint16_t port, bool is_v6) {
  InetAddress result;
  result.is_v6 = is_v6;
  result.is_dual = is_v6;
  if (is_v6) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&result.storage, &v6, sizeof v6);
    result.size = sizeof v6;
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&result.storage, &v4, sizeof v4);
    result.size = sizeof v4;
  }
  return result;
}

InetAddress with_address(InetAddress any, const IpAddress& address) {
  any.is_dual = false;
  if (any.is_v6) {
    std::memcpy(&reinterpret_cast<sockaddr_in6*>(&any.storage)->sin6_addr, address.bytes().data(), 16);
  } else {
    std::memcpy(&reinterpret_cast<sockaddr_in*>(&any.storage)->sin_addr, address.bytes().data(), 4);
  }
  return any;
}

Result<InetAddress> parse_inet(const std::string& spec) {
  const std::size_t colon = spec.rfind(':');
  const Failure malformed = fail(
      ErrorKind::InvalidInput,
      fmt::format("cannot listen on \"{}\": expected \":port\", \"address:port\" or \"unix:/path\"", spec));
  if (colon == std::string::npos) return malformed;
  const Result<std::int64_t> port = parse_int(std::string_view(spec).substr(colon + 1));
  if (!port || *port < 0 || *port > 65535) return malformed;
  const auto number = static_cast<std::uint16_t>(*port);
  std::string host = spec.substr(0, colon);
  if (host.empty()) return any_address(number, true);
  if (host == "localhost") host = "127.0.0.1";
  const Result<IpAddress> address = IpAddress::parse(host);
  if (!address) return malformed;
  const bool is_v6 = address->family() == IpAddress::Family::V6;
  return with_address(any_address(number, is_v6), *address);
}

int open_socket(int family) {
  return ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/// A file that nobody listens on any more is left over from a crash.
Result<void> remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  const std::string spec = "unix:" + path;
  if (!S_ISSOCK(status.st_mode)) {
    return fail(ErrorKind::Unavailable, fmt::format("cannot listen on {}: the file is no socket", spec));
  }
  const int probe = open_socket(AF_UNIX);
  if (probe < 0) return failed(spec, "socket");
  const int connected = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const bool is_alive = connected == 0 || errno == EAGAIN;
  ::close(probe);
  if (is_alive) return fail(ErrorKind::Unavailable, fmt::format("cannot listen on {}: it is in use", spec));
  ::unlink(path.c_str());
  return {};
}

}  // namespace

ListenSocket::ListenSocket(ListenSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      address_(std::move(other.address_)),
      unlink_path_(std::exchange(other.unlink_path_, {})),
      port_(other.port_) {}

ListenSocket::~ListenSocket() {
  close();
}

void ListenSocket::close() {
  if (!unlink_path_.empty()) ::unlink(unlink_path_.c_str());
  if (fd_ >= 0) ::close(fd_);
  unlink_path_.clear();
  fd_ = -1;
}

Result<ListenSocket> ListenSocket::open(const std::string& spec) {
  if (spec.starts_with("unix:")) return open_unix(spec.substr(5));
  if (spec.starts_with("fd:")) return adopt(spec.substr(3));
  return open_inet(spec);
}

Result<ListenSocket> ListenSocket::open_inet(const std::string& spec) {
  Result<InetAddress> parsed = parse_inet(spec);
  if (!parsed) return fail(parsed);
  InetAddress address = *parsed;
  int fd = open_socket(address.is_v6 ? AF_INET6 : AF_INET);
  if (fd < 0 && address.is_dual && errno == EAFNOSUPPORT) {  // a kernel without IPv6
    const auto port = ntohs(reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_port);
    address = any_address(port, false);
    fd = open_socket(AF_INET);
  }
  if (fd < 0) return failed(spec, "socket");
  ListenSocket result(fd);
  const int on = 1;
  const int v6_only = address.is_dual ? 0 : 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
  if (address.is_v6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof v6_only);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0)
    return failed(spec, "bind");
  if (::listen(fd, kBacklog) != 0) return failed(spec, "listen");
  result.learn_address();
  return result;
}

Result<ListenSocket> ListenSocket::open_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string spec = "unix:" + path;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return fail(ErrorKind::InvalidInput, fmt::format("cannot listen on {}: the path must have 1 to {} bytes",
                                                     spec, sizeof address.sun_path - 1));
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  if (const Result<void> removed = remove_stale(path, address); !removed) return fail(removed);
  const int fd = open_socket(AF_UNIX);
  if (fd < 0) return failed(spec, "socket");
  ListenSocket result(fd);
  // The mode is set before anybody can connect: connecting is refused until listen().
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return failed(spec, "bind");
  result.unlink_path_ = path;
  if (::chmod(path.c_str(), kUnixMode) != 0) return failed(spec, "chmod");
  if (::listen(fd, kBacklog) != 0) return failed(spec, "listen");
  result.address_ = spec;
  return result;
}

Result<ListenSocket> ListenSocket::adopt(const std::string& number) {
  const std::string spec = "fd:" + number;
  const Result<std::int64_t> parsed = parse_int(number);
  if (!parsed || *parsed < 3 || *parsed > 65535) {
    return fail(ErrorKind::InvalidInput, fmt::format("cannot listen on {}: not a descriptor number", spec));
  }
  const auto fd = static_cast<int>(*parsed);
  int listening = 0;
  socklen_t size = sizeof listening;
  if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0) return failed(spec, "getsockopt");
  if (listening == 0)
    return fail(ErrorKind::Unavailable, fmt::format("cannot listen on {}: it does not listen", spec));
  if (::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK) != 0) return failed(spec, "fcntl");
  if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return failed(spec, "fcntl");
  ListenSocket result(fd);
  result.learn_address();
  return result;
}

void ListenSocket::learn_address() {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  ::getsockname(fd_, reinterpret_cast<sockaddr*>(&storage), &size);
  IpAddress address;
  if (storage.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &v6->sin6_addr, bytes.size());
    address = IpAddress::v6(bytes);
    port_ = ntohs(v6->sin6_port);
  } else if (storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &v4->sin_addr, bytes.size());
    address = IpAddress::v4(bytes);
    port_ = ntohs(v4->sin_port);
  } else {
    address_ = fmt::format("unix:{}", reinterpret_cast<const sockaddr_un*>(&storage)->sun_path);
    return;
  }
  address_ = HostPort{address.text(), port_}.text();
}

}  // namespace picket
