#include "exporters/security/signals/space_saving.h"

#include "exporters/security/signals/state_json.h"

namespace picket::security {

void SpaceSaving::add(const ClientKey& client, std::uint64_t weight) {
  if (weight == 0) return;
  const auto found = sums_.find(client);
  Sum sum;
  if (found != sums_.end()) {
    sum = found->second;
    by_count_.erase({sum.count, client});
  } else if (sums_.size() >= kCapacity) {
    const auto smallest = by_count_.begin();
    sum = {smallest->first, smallest->first};
    sums_.erase(smallest->second);
    by_count_.erase(smallest);
  }
  sum.count += weight;
  sums_[client] = sum;
  by_count_.insert({sum.count, client});
}

std::uint64_t SpaceSaving::unseen_max() const {
  return sums_.size() < kCapacity ? 0 : by_count_.begin()->first;
}

void SpaceSaving::clear() {
  sums_.clear();
  by_count_.clear();
}

nlohmann::json SpaceSaving::to_json() const {
  nlohmann::json json = nlohmann::json::array();
  for (const auto& [client, sum] : sums_)
    json.push_back(fields_json(std::tie(client.network, client.is_claimed, sum.count, sum.error)));
  return json;
}

bool SpaceSaving::restore(const nlohmann::json& json) {
  if (!json.is_array() || json.size() > kCapacity) return false;
  SpaceSaving read;
  for (const nlohmann::json& entry : json) {
    ClientKey client;
    Sum sum;
    if (!read_fields(entry, std::tie(client.network, client.is_claimed, sum.count, sum.error))) return false;
    if (sum.error > sum.count || !read.sums_.emplace(client, sum).second) return false;
    read.by_count_.insert({sum.count, client});
  }
  *this = std::move(read);
  return true;
}

}  // namespace picket::security
