// Names to addresses without blocking anybody (c-ares). A dead DNS server costs a deadline, never a thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/net/event_loop.h"
#include "base/net/ip_address.h"
#include "base/time/clock.h"

namespace picket {

enum class IpPreference { Any, V4First, V6First, V4Only, V6Only };

/// How many addresses a name has.
struct AddressCounts {
  unsigned v4 = 0, v6 = 0;
};
/// Nothing when `host` is an address itself.
std::optional<AddressCounts> count_addresses(const std::string& host,
                                             const std::vector<IpAddress>& addresses);

struct ResolverOptions {
  std::vector<HostPort>
      servers;  ///< by address; empty: those of /etc/resolv.conf, read again when it changes
  Duration try_timeout = std::chrono::milliseconds(1500);  ///< of the first try with a server; doubles
  int tries = 2;                                           ///< with each server
  std::size_t max_lookups = 2048;                          ///< with the servers at once; more wait
  std::size_t max_waiting = 65536;                         ///< callers; more are answered Unavailable
};

class Resolver {
 public:
  using Callback = std::function<void(Result<std::vector<IpAddress>>)>;
  explicit Resolver(EventLoop& loop, ResolverOptions options = {});
  /// Whoever still waits is answered Unavailable.
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Addresses in the order to try, at least one. An address literal answers itself; /etc/hosts counts.
  /// Timeout at the deadline, NotFound for NXDOMAIN and for a name without such addresses, Unavailable for
  /// SERVFAIL or no server. Equal lookups share one query. `callback` runs once, on the loop, never inside
  /// this call. Safe from any thread.
  void resolve(const std::string& host, IpPreference preference, Deadline deadline, Callback callback);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace picket
