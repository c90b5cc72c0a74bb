// Who really sent a request that came through proxies: the rightmost hop of X-Forwarded-For that is not one
// of ours. What stands left of it was written by the client and is not looked at. The field counts only when
// the peer itself is trusted. `Forwarded` (RFC 7239) and X-Real-IP are not read. Immutable; safe from any
// thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/config/reader.h"
#include "base/net/ip_address.h"

namespace picket::authd {

struct ClientOrigin {
  IpAddress address{};
  /// Set when the address is that of a proxy which the configuration forgot: in a private or loopback
  /// network, and it names somebody else before itself. As trusted_proxies has to name it: "10.0.0.5/32",
  /// "unix".
  std::string unlisted_proxy{};
};

class TrustedProxies {
 public:
  TrustedProxies() = default;  ///< nobody: the peer is the client
  explicit TrustedProxies(std::vector<Cidr> networks, bool unix_peers = false)
      : networks_(std::move(networks)), unix_peers_(unix_peers) {}

  /// `peer` as the server gives it: an address, or "unix", which stands for 127.0.0.1. `forwarded_for`: every
  /// X-Forwarded-For field in order. A hop that is no address ("unknown", a name, rubbish) ends the walk:
  /// then the client is the hop that reported it. At most 32 hops are walked. IPv4-mapped addresses become
  /// IPv4.
  ClientOrigin origin_of(std::string_view peer, std::span<const std::string> forwarded_for) const;

  /// True for a peer whose X-Forwarded-* and identity headers may be believed.
  bool trusts_peer(std::string_view peer) const;

 private:
  bool trusts(const IpAddress& address) const;
  /// Back to the first hop that is not trusted.
  void follow(std::span<const std::string_view> hops, ClientOrigin& origin) const;

  std::vector<Cidr> networks_;
  bool unix_peers_ = false;
};

/// A list of networks, and "unix": `trusted_proxies: [10.0.0.0/8, unix]`.
bool read_value(const ValueReader& r, TrustedProxies& proxies);

/// One hop of the field: an address with or without port and brackets. InvalidInput otherwise.
Result<IpAddress> parse_hop(std::string_view text);

}  // namespace picket::authd
