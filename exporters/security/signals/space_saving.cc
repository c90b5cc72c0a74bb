#include "exporters/security/signals/space_saving.h"

#include <algorithm>

#include "exporters/security/signals/state_json.h"

namespace picket::security {

void SpaceSaving::add(const ClientKey& client, std::uint64_t weight) {
  if (weight == 0) return;
  const Place place = place_for(client);
  sums_[place].count += weight;
  sink(at_[place]);
  rise(at_[place]);
}

SpaceSaving::Place SpaceSaving::place_for(const ClientKey& client) {
  const auto found = places_.find(client);
  if (found != places_.end()) return found->second;
  if (sums_.size() < kCapacity) return append({.client = client});
  const Place place = heap_.front();
  Sum& sum = sums_[place];
  auto node = places_.extract(sum.client);
  node.key() = client;
  places_.insert(std::move(node));
  sum = {.client = client, .count = sum.count, .error = sum.count};
  return place;
}

SpaceSaving::Place SpaceSaving::append(const Sum& sum) {
  const auto place = static_cast<Place>(sums_.size());
  sums_.push_back(sum);
  places_.emplace(sum.client, place);
  at_.push_back(heap_.size());
  heap_.push_back(place);
  rise(at_[place]);
  return place;
}

/// Which one is the smallest does not depend on the order in which they came: what was written and read back
/// goes on in the same way.
bool SpaceSaving::is_smaller(Place a, Place b) const {
  const Sum &left = sums_[a], &right = sums_[b];
  return left.count != right.count ? left.count < right.count : left.client < right.client;
}

void SpaceSaving::set(std::size_t at, Place place) {
  heap_[at] = place;
  at_[place] = at;
}

void SpaceSaving::rise(std::size_t at) {
  const Place place = heap_[at];
  for (; at > 0 && is_smaller(place, heap_[(at - 1) / 2]); at = (at - 1) / 2) set(at, heap_[(at - 1) / 2]);
  set(at, place);
}

void SpaceSaving::sink(std::size_t at) {
  const Place place = heap_[at];
  for (std::size_t child = 2 * at + 1; child < heap_.size(); child = 2 * at + 1) {
    if (child + 1 < heap_.size() && is_smaller(heap_[child + 1], heap_[child])) ++child;
    if (!is_smaller(heap_[child], place)) break;
    set(at, heap_[child]);
    at = child;
  }
  set(at, place);
}

const SpaceSaving::Sum* SpaceSaving::find(const ClientKey& client) const {
  const auto found = places_.find(client);
  return found == places_.end() ? nullptr : &sums_[found->second];
}

std::uint64_t SpaceSaving::unseen_max() const {
  return sums_.size() < kCapacity ? 0 : sums_[heap_.front()].count;
}

nlohmann::json SpaceSaving::to_json() const {
  std::vector<Sum> sorted = sums_;
  std::ranges::sort(sorted, {}, &Sum::client);
  nlohmann::json json = nlohmann::json::array();
  for (const Sum& sum : sorted)
    json.push_back(fields_json(std::tie(sum.client.network, sum.client.is_claimed, sum.count, sum.error)));
  return json;
}

bool SpaceSaving::restore(const nlohmann::json& json) {
  if (!json.is_array() || json.size() > kCapacity) return false;
  SpaceSaving read;
  for (const nlohmann::json& entry : json) {
    Sum sum;
    if (!read_fields(entry, std::tie(sum.client.network, sum.client.is_claimed, sum.count, sum.error)))
      return false;
    if (sum.error > sum.count || read.find(sum.client) != nullptr) return false;
    read.append(sum);
  }
  *this = std::move(read);
  return true;
}

}  // namespace picket::security
