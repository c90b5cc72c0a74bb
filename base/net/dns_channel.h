// One c-ares channel on an EventLoop: asks the hosts file and the DNS servers. Behind Resolver, which adds
// deadlines and bounds. Use it on the loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/net/fd_watcher.h"
#include "base/net/resolver.h"

struct ares_channeldata;
struct ares_addrinfo;

namespace picket {

class DnsChannel {
 public:
  using Answer = std::function<void(Result<std::vector<IpAddress>>)>;
  enum class Family { Any, V4, V6 };

  static Result<std::unique_ptr<DnsChannel>> open(EventLoop& loop, const ResolverOptions& options);
  /// Answers that are still due come now, as Unavailable.
  ~DnsChannel();
  DnsChannel(const DnsChannel&) = delete;
  DnsChannel& operator=(const DnsChannel&) = delete;

  /// `answer` may run inside the call.
  void lookup(const std::string& host, Family family, Answer answer);
  std::size_t in_flight() const { return in_flight_; }
  /// Lets tries time out; call it every few tens of milliseconds while something is in flight.
  void tick();

 private:
  struct Query;
  explicit DnsChannel(EventLoop& loop);
  static void on_answer(void* query, int status, int timeouts, ares_addrinfo* found);
  static void on_socket(void* self, int fd, int readable, int writable);

  FdWatcher sockets_;
  ares_channeldata* channel_ = nullptr;
  std::size_t in_flight_ = 0;
};

}  // namespace picket
