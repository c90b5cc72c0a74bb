#include "base/net/datagram.h"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace picket {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

Address to_address(const IpAddress& ip, std::uint16_t port) {
  Address address;
  if (ip.family() == IpAddress::Family::V4) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, ip.bytes().data(), sizeof v4.sin_addr);
    std::memcpy(&address.storage, &v4, sizeof v4);
    address.size = sizeof v4;
    return address;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  std::memcpy(&v6.sin6_addr, ip.bytes().data(), sizeof v6.sin6_addr);
  std::memcpy(&address.storage, &v6, sizeof v6);
  address.size = sizeof v6;
  return address;
}

IpAddress from_address(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof v4);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return IpAddress::v4(bytes);
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &storage, sizeof v6);
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return IpAddress::v6(bytes);
}

Error system_error(std::string_view doing, int error) {
  const bool denied = error == EACCES || error == EPERM;
  return {denied ? ErrorKind::Denied : ErrorKind::Unavailable,
          fmt::format("{}: {}", doing, std::strerror(error))};
}

int hop_limit_of(msghdr& message) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr;
       control = CMSG_NXTHDR(&message, control)) {
    const bool v4 = control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_TTL;
    const bool v6 = control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_HOPLIMIT;
    if (!v4 && !v6) continue;
    int value = 0;
    std::memcpy(&value, CMSG_DATA(control), sizeof value);
    return value;
  }
  return 0;
}

/// A raw IPv4 socket hands over the IP header too.
std::size_t ip_header_size(std::string_view packet) {
  constexpr std::size_t kWord = 4;
  constexpr unsigned kLengthMask = 0x0f;
  if (packet.empty()) return 0;
  return std::min(packet.size(), kWord * (static_cast<unsigned char>(packet.front()) & kLengthMask));
}

struct Opened {
  int fd = -1;
  bool raw = false;
};

Opened open_socket(DatagramSocket::Kind kind, bool v4) {
  const int domain = v4 ? AF_INET : AF_INET6;
  const int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
  if (kind == DatagramSocket::Kind::Udp) return {socket(domain, SOCK_DGRAM | flags, 0), false};
  const int protocol = v4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6);
  const int fd = socket(domain, SOCK_DGRAM | flags, protocol);
  if (fd >= 0) return {fd, false};
  return {socket(domain, SOCK_RAW | flags, protocol), true};
}

}  // namespace

Result<std::unique_ptr<DatagramSocket>> DatagramSocket::open(EventLoop& loop, Kind kind,
                                                             IpAddress::Family family, Receive receive) {
  const bool v4 = family == IpAddress::Family::V4;
  const Opened opened = open_socket(kind, v4);
  if (opened.fd < 0) return fail(system_error(kind == Kind::Udp ? "UDP socket" : "ICMP socket", errno));
  const int on = 1;
  setsockopt(opened.fd, v4 ? static_cast<int>(IPPROTO_IP) : static_cast<int>(IPPROTO_IPV6),
             v4 ? IP_RECVTTL : IPV6_RECVHOPLIMIT, &on, sizeof on);
  std::unique_ptr<DatagramSocket> socket(new DatagramSocket(loop, opened.fd, std::move(receive)));
  if (!socket->watcher_.is_open())
    return fail(ErrorKind::Unavailable, "no file descriptor is left to watch a socket");
  socket->family_ = family;
  socket->strip_ip_header_ = opened.raw && v4;
  socket->kernel_sets_identifier_ = kind == Kind::IcmpEcho && !opened.raw;
  return socket;
}

DatagramSocket::DatagramSocket(EventLoop& loop, int fd, Receive receive)
    : fd_(fd), receive_(std::move(receive)), watcher_(loop, [this](int, FdWatcher::Readiness) { drain(); }) {
  watcher_.watch(fd_, true, false);
}

DatagramSocket::~DatagramSocket() {
  watcher_.watch(fd_, false, false);
  close(fd_);
}

Result<void> DatagramSocket::send(std::string_view bytes, const IpAddress& to, std::uint16_t port) {
  const Address address = to_address(to, port);
  const ssize_t sent =
      sendto(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(&address.storage), address.size);  // sockets API
  if (sent < 0) return fail(system_error("sending", errno));
  return {};
}

Result<void> DatagramSocket::set_hop_limit(int hop_limit) {
  const bool v4 = family_ == IpAddress::Family::V4;
  const int level = v4 ? static_cast<int>(IPPROTO_IP) : static_cast<int>(IPPROTO_IPV6);
  if (setsockopt(fd_, level, v4 ? IP_TTL : IPV6_UNICAST_HOPS, &hop_limit, sizeof hop_limit) != 0) {
    return fail(system_error("hop limit", errno));
  }
  return {};
}

Result<void> DatagramSocket::bind(const IpAddress& local) {
  const Address address = to_address(local, 0);
  if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0) {  // sockets API
    return fail(system_error("binding " + local.text(), errno));
  }
  return {};
}

Result<void> DatagramSocket::connect(const IpAddress& peer, std::uint16_t port) {
  const Address address = to_address(peer, port);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address.storage), address.size) !=
      0) {  // sockets API
    return fail(system_error("connecting", errno));
  }
  return {};
}

/// One datagram a wake-up (the watcher is level-triggered): the receiver may destroy this socket.
void DatagramSocket::drain() {
  std::array<char, 65536> buffer;
  std::array<char, 256> control;
  sockaddr_storage from{};
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t size = recvmsg(fd_, &message, 0);
  const Receive receive = receive_;
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR) receive(fail(system_error("receiving", errno)));
    return;
  }
  std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
  if (strip_ip_header_) bytes.remove_prefix(ip_header_size(bytes));
  receive(Datagram{std::string(bytes), from_address(from), hop_limit_of(message)});
}

}  // namespace picket
