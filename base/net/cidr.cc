#include <charconv>

#include "base/net/ip_address.h"

namespace picket {

namespace {

Failure no_network(std::string_view text) {
  return fail(ErrorKind::InvalidInput,
              fmt::format("\"{}\" is not a network such as 10.0.0.0/8", text.substr(0, 64)));
}

int width(const IpAddress& address) {
  return address.family() == IpAddress::Family::V4 ? 32 : 128;
}

bool same_prefix(const IpAddress& a, const IpAddress& b, int bits) {
  for (std::size_t i = 0; bits > 0; ++i, bits -= 8) {
    const unsigned mask = bits >= 8 ? 0xffU : (0xff00U >> bits) & 0xffU;
    if (((a.bytes()[i] ^ b.bytes()[i]) & mask) != 0) return false;
  }
  return true;
}

/// ::ffff:127.0.0.0/104 is 127.0.0.0/8: clients are known by their IPv4 address.
Cidr unmapped(const Cidr& cidr) {
  constexpr int kMappedBits = 96;
  const IpAddress plain = cidr.network.unmapped();
  if (plain.family() == cidr.network.family() || cidr.prefix < kMappedBits) return cidr;
  return {plain, cidr.prefix - kMappedBits};
}

}  // namespace

Result<Cidr> Cidr::parse(std::string_view text) {
  const auto slash = text.find('/');
  const Result<IpAddress> address = IpAddress::parse(text.substr(0, slash));
  if (!address) return no_network(text);
  Cidr cidr{*address, width(*address)};
  if (slash == std::string_view::npos) return unmapped(cidr);
  const std::string_view digits = text.substr(slash + 1);
  int prefix = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (error != std::errc{} || end != digits.data() + digits.size()) return no_network(text);
  if (prefix < 0 || prefix > cidr.prefix) return no_network(text);
  cidr.prefix = prefix;
  return unmapped(cidr);
}

bool Cidr::contains(const IpAddress& address) const {
  if (same_prefix(network, address, prefix) && network.family() == address.family()) return true;
  const IpAddress plain = address.unmapped();
  return network.family() == plain.family() && same_prefix(network, plain, prefix);
}

std::string Cidr::text() const {
  return fmt::format("{}/{}", network.text(), prefix);
}

}  // namespace picket
