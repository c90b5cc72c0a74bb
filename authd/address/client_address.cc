#include "authd/address/client_address.h"

#include <algorithm>

#include "authd/address/address_prefix.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kHopsMax = 32;
constexpr std::string_view kUnix = "unix";

/// The last hops of all the fields together, rightmost first.
std::vector<std::string_view> hops_from_right(std::span<const std::string> fields) {
  std::vector<std::string_view> hops;
  for (std::size_t i = fields.size(); i-- > 0;) {
    std::string_view rest = fields[i];
    while (hops.size() < kHopsMax) {
      const std::size_t comma = rest.rfind(',');
      hops.push_back(trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1)));
      if (comma == std::string_view::npos) break;
      rest = rest.substr(0, comma);
    }
  }
  return hops;
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "192.0.2.1:80" and "[2001:db8::1]:80" without their port; a bare IPv6 address has no port to cut.
std::string_view without_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || !is_port(text.substr(colon + 1))) return text;
  const std::string_view head = text.substr(0, colon);
  const bool is_v4 = head.find(':') == std::string_view::npos;
  return is_v4 || head.ends_with(']') ? head : text;
}

}  // namespace

Result<IpAddress> parse_hop(std::string_view text) {
  const auto address = IpAddress::parse(without_port(text));
  if (!address) return fail(address);
  return address->unmapped();
}

bool TrustedProxies::trusts(const IpAddress& address) const {
  return std::ranges::any_of(networks_, [&](const Cidr& network) { return network.contains(address); });
}

bool TrustedProxies::trusts_peer(std::string_view peer) const {
  if (peer == kUnix) return unix_peers_;
  const auto address = parse_hop(peer);
  return address && trusts(*address);
}

ClientOrigin TrustedProxies::origin_of(std::string_view peer,
                                       std::span<const std::string> forwarded_for) const {
  const auto address = parse_hop(peer);
  ClientOrigin origin{.address = address.value_or(IpAddress::v4({127, 0, 0, 1}))};
  const auto hops = hops_from_right(forwarded_for);
  const bool is_trusted = address ? trusts(*address) : trusts_peer(peer);
  if (is_trusted) {
    follow(hops, origin);
  } else if (!hops.empty() && is_private(origin.address)) {
    origin.unlisted_proxy = address ? client_network(*address).text() : std::string(kUnix);
  }
  return origin;
}

void TrustedProxies::follow(std::span<const std::string_view> hops, ClientOrigin& origin) const {
  for (std::size_t i = 0; i < hops.size(); ++i) {
    const auto before = parse_hop(hops[i]);
    if (!before) return;
    origin.address = *before;
    if (trusts(origin.address)) continue;
    const bool names_others = i + 1 < hops.size() && is_private(origin.address);
    if (names_others) origin.unlisted_proxy = client_network(origin.address).text();
    return;
  }
}

bool read_value(const ValueReader& r, TrustedProxies& proxies) {
  std::vector<std::string> texts;
  if (!r.decode(texts)) return false;
  std::vector<Cidr> networks;
  bool unix_peers = false;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i] == kUnix) {
      unix_peers = true;
      continue;
    }
    const auto network = Cidr::parse(texts[i]);
    if (!network) {
      r.item_at(i).problem(network.error().message);
      return false;
    }
    networks.push_back(*network);
  }
  proxies = TrustedProxies(std::move(networks), unix_peers);
  return true;
}

}  // namespace picket::authd
