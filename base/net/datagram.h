// A datagram socket on an EventLoop: UDP, and ICMP echo without privileges (ping_group_range) or with them
// (raw). Used by the DNS and ICMP probers. Use it on the loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/net/event_loop.h"
#include "base/net/fd_watcher.h"
#include "base/net/ip_address.h"

namespace picket {

struct Datagram {
  std::string bytes;  ///< of ICMP: from the ICMP header on
  IpAddress from;
  int hop_limit = 0;  ///< 0: not told
};

class DatagramSocket {
 public:
  /// Unavailable when the peer of connect() refused what was sent.
  using Receive = std::function<void(Result<Datagram>)>;
  enum class Kind { Udp, IcmpEcho };

  /// Denied when the system allows neither unprivileged nor raw ICMP sockets; Unavailable when there is no
  /// descriptor.
  static Result<std::unique_ptr<DatagramSocket>> open(EventLoop& loop, Kind kind, IpAddress::Family family,
                                                      Receive receive);
  ~DatagramSocket();
  DatagramSocket(const DatagramSocket&) = delete;
  DatagramSocket& operator=(const DatagramSocket&) = delete;

  Result<void> send(std::string_view bytes, const IpAddress& to, std::uint16_t port);
  Result<void> set_hop_limit(int hop_limit);
  Result<void> bind(const IpAddress& local);
  /// From now on only this peer's datagrams come, and of its host the word that nothing listens on the port
  /// (ICMP port unreachable): sending, or receiving, then fails.
  Result<void> connect(const IpAddress& peer, std::uint16_t port);
  /// The kernel puts its own identifier into echo requests of an unprivileged socket and delivers only its
  /// replies.
  bool kernel_sets_identifier() const { return kernel_sets_identifier_; }

 private:
  DatagramSocket(EventLoop& loop, int fd, Receive receive);
  void drain();

  const int fd_;
  IpAddress::Family family_ = IpAddress::Family::V4;
  bool kernel_sets_identifier_ = false;
  bool strip_ip_header_ = false;
  Receive receive_;
  FdWatcher watcher_;
};

}  // namespace picket
