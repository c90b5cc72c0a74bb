// Which addresses a daemon may connect to for its users (SSRF guard). Asked on the address really connected
// to, at every redirect too, so that neither DNS rebinding nor a redirect gets around it.
#pragma once

#include <vector>

#include "base/net/ip_address.h"

namespace picket {

struct AddressPolicy {
  /// Checked first: a listed network is allowed whatever `deny` says.
  std::vector<Cidr> allow;
  /// Default: link-local, cloud metadata, multicast, unspecified and reserved networks. Loopback and private
  /// networks are allowed.
  std::vector<Cidr> deny = default_deny();

  static std::vector<Cidr> default_deny();
  /// Denied, naming the address and the network.
  Result<void> check(const IpAddress& address) const;
};

}  // namespace picket
