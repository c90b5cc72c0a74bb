// Whose activity is counted: an IPv4 address or an IPv6 /64, which is one customer's. What a client says of
// itself is apart from what was seen. And moments as the signals count them.
#pragma once

#include "base/net/ip_address.h"

namespace picket::security {

/// Of Unix time, 0 to kSecondsMax.
using Seconds = std::int64_t;
inline constexpr Seconds kSecondsMax = Seconds{1} << 33;
inline constexpr Seconds kHour = 3600;

struct ClientKey {
  IpAddress network;
  bool is_claimed = false;
  auto operator<=>(const ClientKey&) const = default;
};

ClientKey client_key(const IpAddress& client, bool is_claimed);
std::uint64_t hash_of(const ClientKey& key);
/// "192.0.2.7/32", "2001:db8:0:1::/64".
Cidr network_of(const ClientKey& key);
/// "192.0.2.7", "2001:db8:0:1::/64".
std::string text_of(const ClientKey& key);

}  // namespace picket::security
