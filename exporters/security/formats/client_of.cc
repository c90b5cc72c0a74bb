#include "exporters/security/formats/client_of.h"

#include <algorithm>
#include <array>

#include "base/text/strings.h"

namespace picket::security {
namespace {

constexpr int kHopsMax = 32;

std::optional<IpAddress> parse_v4(std::string_view text) {
  std::array<std::uint8_t, 4> bytes{};
  std::size_t at = 0;
  for (std::size_t part = 0; part < bytes.size(); ++part) {
    unsigned number = 0;
    std::size_t digits = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && digits < 4; ++at, ++digits) {
      number = number * 10 + static_cast<unsigned>(text[at] - '0');
    }
    const bool leading_zero = digits > 1 && text[at - digits] == '0';
    if (digits == 0 || digits > 3 || number > 255 || leading_zero) return std::nullopt;
    bytes.at(part) = static_cast<std::uint8_t>(number);
    if (part < 3 && (at >= text.size() || text[at++] != '.')) return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  return IpAddress::v4(bytes);
}

/// `for=` of an element of Forwarded (RFC 7239), or the element itself.
std::string_view node_of(std::string_view hop) {
  hop = trim(hop);
  for (std::string_view rest = hop; !rest.empty();) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view pair = trim(rest.substr(0, end));
    if (pair.size() > 4 && iequals(pair.substr(0, 4), "for=")) {
      hop = trim(pair.substr(4));
      break;
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (hop.size() > 1 && hop.front() == '"' && hop.back() == '"') hop = hop.substr(1, hop.size() - 2);
  return hop;
}

/// An address with or without a port: "192.0.2.1:4711", "[2001:db8::1]:4711".
std::optional<IpAddress> address_of(std::string_view hop) {
  std::string_view node = node_of(hop);
  if (node.starts_with('[')) {
    const std::size_t end = node.find(']');
    if (end != std::string_view::npos) node = node.substr(0, end + 1);
  } else if (node.find('.') != std::string_view::npos && std::ranges::count(node, ':') == 1) {
    node = node.substr(0, node.find(':'));
  }
  return parse_client(node);
}

/// Takes the rightmost hop off the list.
std::string_view take_hop(std::string_view& list) {
  const std::size_t comma = list.rfind(',');
  const std::string_view hop = comma == std::string_view::npos ? list : list.substr(comma + 1);
  list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
  return hop;
}

}  // namespace

std::optional<IpAddress> parse_client(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return parse_v4(text);
  const auto address = IpAddress::parse(text);
  if (!address) return std::nullopt;
  return address->unmapped();
}

bool ClientFinder::is_trusted(const IpAddress& address) const {
  return std::ranges::any_of(trusted_, [&](const Cidr& network) { return network.contains(address); });
}

void ClientFinder::find(std::string_view peer, std::string_view forwarded, LogRecord& record) const {
  const std::optional<IpAddress> direct = parse_client(peer);
  record.client = direct;
  const bool certain = direct && !trusted_.empty();
  record.client_is_claimed = has_forwarded_ && !certain;
  if (forwarded == "-" || (certain && !is_trusted(*direct))) return;
  for (int hops = 0; !forwarded.empty() && hops < kHopsMax; ++hops) {
    const std::optional<IpAddress> hop = address_of(take_hop(forwarded));
    if (!hop) break;
    record.client = hop;
    if (!is_trusted(*hop)) break;
  }
}

}  // namespace picket::security
