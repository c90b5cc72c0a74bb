#include "base/net/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

namespace picket {

namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

Failure no_address(std::string_view text) {
  return fail(ErrorKind::InvalidInput, fmt::format("\"{}\" is not an IP address", text.substr(0, 64)));
}

}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
  std::string_view inner = text;
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  if (bracketed) inner = text.substr(1, text.size() - 2);
  if (inner.size() >= INET6_ADDRSTRLEN) return no_address(text);
  const std::string copy(inner);
  if (copy.find('\0') != std::string::npos) return no_address(text);
  std::array<std::uint8_t, 16> bytes{};
  if (copy.find(':') != std::string::npos) {
    if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) != 1) return no_address(text);
    return v6(bytes);
  }
  if (bracketed || inet_pton(AF_INET, copy.c_str(), bytes.data()) != 1) return no_address(text);
  IpAddress address;
  address.bytes_ = bytes;
  return address;
}

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> bytes) {
  IpAddress address;
  std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
  return address;
}

IpAddress IpAddress::v6(std::array<std::uint8_t, 16> bytes) {
  IpAddress address;
  address.family_ = Family::V6;
  address.bytes_ = bytes;
  return address;
}

IpAddress IpAddress::unmapped() const {
  if (family_ == Family::V4) return *this;
  if (!std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes_.begin())) return *this;
  return v4({bytes_[12], bytes_[13], bytes_[14], bytes_[15]});
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(family_ == Family::V4 ? AF_INET : AF_INET6, bytes_.data(), buffer.data(), buffer.size());
  return buffer.data();
}

}  // namespace picket
