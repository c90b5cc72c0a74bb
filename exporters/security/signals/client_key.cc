#include "exporters/security/signals/client_key.h"

#include <algorithm>

#include "exporters/security/signals/stable_hash.h"

namespace picket::security {

ClientKey client_key(const IpAddress& client, bool is_claimed) {
  const IpAddress address = client.unmapped();
  if (address.family() == IpAddress::Family::V4) return {address, is_claimed};
  std::array<std::uint8_t, 16> bytes = address.bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return {IpAddress::v6(bytes), is_claimed};
}

std::uint64_t hash_of(const ClientKey& key) {
  const bool is_v6 = key.network.family() == IpAddress::Family::V6;
  std::string bytes(is_v6 ? "6" : "4");
  bytes += key.is_claimed ? '?' : '!';
  for (std::size_t i = 0; i < (is_v6 ? 8U : 4U); ++i) bytes += static_cast<char>(key.network.bytes()[i]);
  return stable_hash(bytes);
}

Cidr network_of(const ClientKey& key) {
  return {key.network, key.network.family() == IpAddress::Family::V4 ? 32 : 64};
}

std::string text_of(const ClientKey& key) {
  return key.network.family() == IpAddress::Family::V4 ? key.network.text() : network_of(key).text();
}

}  // namespace picket::security
