#include "authd/sessions/owner_networks.h"

#include <algorithm>

namespace picket::authd {

bool is_in(const std::vector<Cidr>& networks, const IpAddress& address) {
  return std::ranges::any_of(networks, [&](const Cidr& network) { return network.contains(address); });
}

bool OwnerNetworks::keep_out(Role role, const IpAddress& client) const {
  return role == Role::Owner && !networks.empty() && !is_in(networks, client);
}

bool read_value(const ValueReader& r, OwnerNetworks& c) {
  std::vector<std::string> texts;
  if (!r.decode(texts)) return false;
  c.networks.clear();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Result<Cidr> network = Cidr::parse(texts[i]);
    if (!network) r.item_at(i).problem(fmt::format("\"{}\": {}", texts[i], network.error().message));
    if (network) c.networks.push_back(*network);
  }
  return c.networks.size() == texts.size();
}

}  // namespace picket::authd
