// How many connections there may be, in all and from one client. Not thread-safe.
#pragma once

#include <string>
#include <unordered_map>

#include "base/net/ip_address.h"

namespace picket {

/// Who a client is for limits: the address, or its /64 network for IPv6, where one client has 2^64 addresses.
std::string client_key(const IpAddress& address);

class Admission {
 public:
  Admission(std::size_t total, std::size_t per_client) : total_(total), per_client_(per_client) {}

  /// False when there are too many. `key` "" counts in all only.
  bool enter(const std::string& key);
  void leave(const std::string& key);
  std::size_t count() const { return count_; }

 private:
  const std::size_t total_, per_client_;
  std::size_t count_ = 0;
  std::unordered_map<std::string, std::size_t> clients_;
};

}  // namespace picket
