// Internet addresses, networks and endpoints as values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket {

class IpAddress {
 public:
  enum class Family { V4, V6 };
  IpAddress() = default;                                  // 0.0.0.0
  static Result<IpAddress> parse(std::string_view text);  // "192.0.2.1", "2001:db8::1", "[::1]"; no zone
  static IpAddress v4(std::array<std::uint8_t, 4> bytes);
  static IpAddress v6(std::array<std::uint8_t, 16> bytes);

  Family family() const { return family_; }
  /// Network order; a v4 address is in the first four.
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  /// An IPv4-mapped IPv6 address (::ffff:a.b.c.d) as the IPv4 address it stands for.
  IpAddress unmapped() const;
  std::string text() const;
  auto operator<=>(const IpAddress&) const = default;

 private:
  Family family_ = Family::V4;
  std::array<std::uint8_t, 16> bytes_{};
};

struct Cidr {
  IpAddress network;
  int prefix = 0;
  /// "10.0.0.0/8", or one address. A network of IPv4-mapped addresses is the IPv4 network.
  static Result<Cidr> parse(std::string_view text);
  bool contains(const IpAddress& address) const;  // mapped addresses are unmapped first
  std::string text() const;
  bool operator==(const Cidr&) const = default;
};

struct HostPort {
  std::string host;  ///< a name or an address, without brackets
  std::uint16_t port = 0;
  /// "name:25", "192.0.2.1:25", "[::1]:25". InvalidInput without a port.
  static Result<HostPort> parse(std::string_view text);
  std::string text() const;
};

}  // namespace picket
