#include "authd/address/address_prefix.h"

#include <algorithm>

namespace picket::authd {
namespace {

constexpr int kClientBitsV4 = 32;
constexpr int kClientBitsV6 = 64;
constexpr int kSiteBitsV6 = 56, kSiteWeight = 3;
constexpr int kOrganisationBitsV6 = 48, kOrganisationWeight = 9;

bool is_v4(const IpAddress& address) {
  return address.family() == IpAddress::Family::V4;
}

const std::vector<Cidr>& private_networks() {
  static const std::vector<Cidr> networks = [] {
    std::vector<Cidr> all;
    for (const char* text : {"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
                             "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10"}) {
      if (const auto network = Cidr::parse(text)) all.push_back(*network);
    }
    return all;
  }();
  return networks;
}

}  // namespace

Cidr network_of(const IpAddress& address, int bits) {
  const IpAddress plain = address.unmapped();
  const int kept = std::clamp(bits, 0, is_v4(plain) ? 32 : 128);
  std::array<std::uint8_t, 16> bytes = plain.bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int left = std::clamp(kept - static_cast<int>(i) * 8, 0, 8);
    bytes.at(i) = static_cast<std::uint8_t>(bytes.at(i) & (0xff00U >> static_cast<unsigned>(left)) & 0xffU);
  }
  if (is_v4(plain)) return {IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]}), kept};
  return {IpAddress::v6(bytes), kept};
}

Cidr client_network(const IpAddress& address) {
  return network_of(address, is_v4(address.unmapped()) ? kClientBitsV4 : kClientBitsV6);
}

std::vector<NetworkShare> failure_networks(const IpAddress& address) {
  std::vector<NetworkShare> networks{{client_network(address), 1}};
  if (is_v4(address.unmapped())) return networks;
  networks.push_back({network_of(address, kSiteBitsV6), kSiteWeight});
  networks.push_back({network_of(address, kOrganisationBitsV6), kOrganisationWeight});
  return networks;
}

bool is_private(const IpAddress& address) {
  return std::ranges::any_of(private_networks(),
                             [&](const Cidr& network) { return network.contains(address); });
}

bool reaches_private(const Cidr& network) {
  return std::ranges::any_of(private_networks(), [&](const Cidr& one) {
    return one.contains(network.network) || network.contains(one.network);
  });
}

}  // namespace picket::authd
