// Names to addresses without blocking anybody (c-ares). A dead DNS server costs a deadline, never a thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/net/event_loop.h"
#include "base/net/ip_address.h"
#include "base/time/clock.h"

namespace picket {

enum class IpPreference { Any, V4First, V6First, V4Only, V6Only };

class Resolver {
 public:
  using Callback = std::function<void(Result<std::vector<IpAddress>>)>;
  explicit Resolver(EventLoop& loop);
  ~Resolver();

  /// Addresses in the order to try. An address literal answers itself; /etc/hosts counts. Timeout at the
  /// deadline, NotFound for NXDOMAIN, Unavailable for SERVFAIL or no server. `callback` runs once, on the
  /// loop. Safe from any thread.
  void resolve(const std::string& host, IpPreference preference, Deadline deadline, Callback callback);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace picket
