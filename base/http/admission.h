// How many connections there may be, in all and from one client. Safe from any thread.
#pragma once

#include <string>
#include <unordered_map>

#include "base/exec/mutex.h"
#include "base/net/ip_address.h"

namespace picket {

/// Who a client is for limits: the address, or its /64 network for IPv6, where one client has 2^64 addresses.
std::string client_key(const IpAddress& address);

class Admission {
 public:
  Admission(std::size_t total, std::size_t per_client) : total_(total), per_client_(per_client) {}

  /// False when there are too many. `key` "" counts in all only.
  bool enter(const std::string& key) EXCLUDES(mutex_);
  void leave(const std::string& key) EXCLUDES(mutex_);

 private:
  const std::size_t total_, per_client_;
  Mutex mutex_;
  std::size_t count_ GUARDED_BY(mutex_) = 0;
  std::unordered_map<std::string, std::size_t> clients_ GUARDED_BY(mutex_);
};

}  // namespace picket
