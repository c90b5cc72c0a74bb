// The network that stands for one client in locks, limits and blocks. An IPv4 address stands for itself: a
// /24 is shared by strangers, who would lock each other out, and one who owns many is met by the account-wide
// cap and by the tiers. An IPv6 address stands for its /64: that is the least a subscriber is given, so that
// he has 2^64 addresses to change to, and nobody else is in it. Pure.
#pragma once

#include <vector>

#include "base/net/ip_address.h"

namespace picket::authd {

/// The network of `bits` that `address` is in. Mapped addresses (::ffff:a.b.c.d) count as IPv4. More bits
/// than the address has are all of them.
Cidr network_of(const IpAddress& address, int bits);

/// /32 or /64.
Cidr client_network(const IpAddress& address);

/// A client's network with those around it, and how many clients each may stand for when failures are
/// counted.
struct NetworkShare {
  Cidr network;
  int weight = 1;
};
/// An IPv4 address alone. Of an IPv6 address the /64, the /56 (3) and the /48 (9), narrowest first: providers
/// give away any of the three, so that one who has a /48 must not count as 65,536 clients.
std::vector<NetworkShare> failure_networks(const IpAddress& address);

/// Not routed on the internet: loopback, link-local, RFC 1918, RFC 4193, and the shared space of RFC 6598.
bool is_private(const IpAddress& address);
/// Whether any of its addresses is. A mapped network is to be given as IPv4 (BlockList::normal).
bool reaches_private(const Cidr& network);

}  // namespace picket::authd
