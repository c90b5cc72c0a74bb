#include "base/net/address_policy.h"

#include <algorithm>
#include <span>
#include <string_view>

namespace picket {

namespace {

using Bytes16 = std::array<std::uint8_t, 16>;

IpAddress v4_at(const Bytes16& bytes, std::size_t at) {
  return IpAddress::v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
}

bool in(const IpAddress& address, std::string_view network) {
  const Result<Cidr> cidr = Cidr::parse(network);
  return cidr && cidr->network.family() == address.family() && cidr->contains(address);
}

/// The IPv4 addresses that an IPv6 address may be carried to: NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056),
/// Teredo (RFC 4380), mapped, translated (RFC 2765) and compatible (RFC 4291) forms.
std::vector<IpAddress> embedded_v4(const IpAddress& address) {
  if (address.family() == IpAddress::Family::V4) return {};
  const Bytes16& b = address.bytes();
  if (in(address, "2002::/16")) return {v4_at(b, 2)};
  if (in(address, "64:ff9b::/96") || in(address, "::ffff:0:0/96")) return {v4_at(b, 12)};
  if (in(address, "::ffff:0:0:0/96")) return {v4_at(b, 12)};
  // A local NAT64 prefix may have any length: the address stands at the end (/96) or around octet 8.
  if (in(address, "64:ff9b:1::/48")) {
    return {v4_at(b, 12), IpAddress::v4({b[6], b[7], b[9], b[10]}), IpAddress::v4({b[7], b[9], b[10], b[11]}),
            v4_at(b, 9)};
  }
  if (in(address, "2001::/32")) {
    auto inverted = [&](std::size_t i) { return static_cast<std::uint8_t>(~b[i]); };
    return {IpAddress::v4({inverted(12), inverted(13), inverted(14), inverted(15)})};
  }
  if (in(address, "::/96") && b[12] != 0) return {v4_at(b, 12)};
  return {};
}

const Cidr* find(std::span<const Cidr> networks, const IpAddress& address) {
  const auto it =
      std::find_if(networks.begin(), networks.end(), [&](const Cidr& c) { return c.contains(address); });
  return it == networks.end() ? nullptr : &*it;
}

}  // namespace

std::vector<Cidr> AddressPolicy::default_deny() {
  static const std::vector<Cidr> networks = [] {
    std::vector<Cidr> parsed;
    for (const std::string_view text : {
             "0.0.0.0/8",           // "this" network: 0.0.0.0 reaches the machine itself
             "169.254.0.0/16",      // link-local, with the metadata services of most clouds
             "100.100.100.200/32",  // metadata of Alibaba Cloud
             "168.63.129.16/32",    // platform service of Azure
             "192.0.0.192/32",      // metadata of Oracle Cloud
             "224.0.0.0/4",         // multicast
             "240.0.0.0/4",         // reserved, and broadcast
             "::/128",              // unspecified
             "fe80::/10",           // link-local
             "ff00::/8",            // multicast
             "fd00:ec2::254/128",   // metadata of AWS
             "fd20:ce::254/128",    // metadata of Google Cloud
         }) {
      const Result<Cidr> cidr = Cidr::parse(text);
      picket::check(cidr.has_value(), "a built-in network is broken");
      parsed.push_back(*cidr);
    }
    return parsed;
  }();
  return networks;
}

Result<void> AddressPolicy::check(const IpAddress& address) const {
  if (find(allow, address) != nullptr) return {};
  if (const Cidr* network = find(deny, address); network != nullptr) {
    return fail(ErrorKind::Denied,
                fmt::format("address {} is in the refused network {}", address.text(), network->text()));
  }
  for (const IpAddress& inner : embedded_v4(address)) {
    const Cidr* network = find(deny, inner);
    if (network == nullptr || find(allow, inner) != nullptr) continue;
    return fail(ErrorKind::Denied, fmt::format("address {} stands for {}, which is in the refused network {}",
                                               address.text(), inner.text(), network->text()));
  }
  return {};
}

}  // namespace picket
