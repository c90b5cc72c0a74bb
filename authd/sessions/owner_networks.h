// From where owners may act: the `owner_networks:` of authd.yml. Asked at every login, refresh and request,
// and by forward-auth. Immutable after loading; safe from any thread.
#pragma once

#include <vector>

#include "authd/accounts/role.h"
#include "base/config/reader.h"
#include "base/net/ip_address.h"

namespace picket::authd {

/// Mapped addresses (::ffff:a.b.c.d) count as IPv4.
bool is_in(const std::vector<Cidr>& networks, const IpAddress& address);

struct OwnerNetworks {
  std::vector<Cidr> networks{};  ///< none: anywhere

  /// Whether somebody of this role may do nothing from there.
  bool keep_out(Role role, const IpAddress& client) const;
};
bool read_value(const ValueReader& r, OwnerNetworks& c);

}  // namespace picket::authd
