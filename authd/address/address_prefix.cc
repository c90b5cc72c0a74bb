#include "authd/address/address_prefix.h"

#include <algorithm>

namespace picket::authd {
namespace {

constexpr int kClientBitsV4 = 32;
constexpr int kClientBitsV6 = 64;

bool is_v4(const IpAddress& address) {
  return address.family() == IpAddress::Family::V4;
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

}  // namespace picket::authd
