#include "exporters/security/signals/top_clients.h"

#include <algorithm>

#include "exporters/security/signals/state_json.h"

namespace picket::security {
namespace {

std::uint64_t bound_of(const SpaceSaving& sums, const ClientKey& client, std::uint64_t& error) {
  if (const SpaceSaving::Sum* sum = sums.find(client); sum != nullptr) {
    error += sum->error;
    return sum->count;
  }
  error += sums.unseen_max();
  return sums.unseen_max();
}

HeavyHitter hitter_of(const ClientKey& client, const SpaceSaving& a, const SpaceSaving* b) {
  HeavyHitter hitter{.client = network_of(client), .count = 0, .error = 0, .is_claimed = client.is_claimed};
  hitter.count = bound_of(a, client, hitter.error);
  if (b != nullptr) hitter.count += bound_of(*b, client, hitter.error);
  return hitter;
}

}  // namespace

void TopClients::add(TopKind kind, const ClientKey& client, std::uint64_t weight, Seconds now) {
  move_to(now / kHour);
  kinds_.at(static_cast<std::size_t>(kind)).current.add(client, weight);
}

void TopClients::move_to(std::int64_t hour) {
  if (hour == hour_) return;
  for (Hours& hours : kinds_) {
    if (hour != hour_ + 1) hours.current.clear();
    hours.before = std::move(hours.current);
    hours.current.clear();
  }
  hour_ = hour;
}

std::vector<HeavyHitter> TopClients::top(TopKind kind, Seconds now) const {
  const Hours& hours = kinds_.at(static_cast<std::size_t>(kind));
  const std::int64_t age = now / kHour - hour_;
  std::vector<HeavyHitter> hitters;
  if (age > 1) return hitters;
  const SpaceSaving* before = age == 0 ? &hours.before : nullptr;
  for (const SpaceSaving::Sum& sum : hours.current.sums())
    hitters.push_back(hitter_of(sum.client, hours.current, before));
  if (before != nullptr) {
    for (const SpaceSaving::Sum& sum : before->sums()) {
      if (hours.current.find(sum.client) == nullptr)
        hitters.push_back(hitter_of(sum.client, hours.current, before));
    }
  }
  sort_and_cut(hitters);
  return hitters;
}

void TopClients::clear() {
  *this = {};
}

nlohmann::json TopClients::to_json() const {
  nlohmann::json json = nlohmann::json::object();
  json["hour"] = hour_;
  for (const TopKind kind : kTopKinds) {
    const Hours& hours = kinds_.at(static_cast<std::size_t>(kind));
    json[std::string(to_string(kind))] = {hours.current.to_json(), hours.before.to_json()};
  }
  return json;
}

bool TopClients::restore(const nlohmann::json& json) {
  if (!json.is_object() || !json.contains("hour") || !read_field(json["hour"], hour_)) return false;
  for (const TopKind kind : kTopKinds) {
    const auto found = json.find(to_string(kind));
    if (found == json.end() || !found->is_array() || found->size() != 2) return false;
    Hours& hours = kinds_.at(static_cast<std::size_t>(kind));
    if (!hours.current.restore((*found)[0]) || !hours.before.restore((*found)[1])) return false;
  }
  return true;
}

void sort_and_cut(std::vector<HeavyHitter>& hitters) {
  std::ranges::sort(hitters, [](const HeavyHitter& a, const HeavyHitter& b) {
    return std::tie(b.count, a.client.network, a.is_claimed) <
           std::tie(a.count, b.client.network, b.is_claimed);
  });
  if (hitters.size() > SignalsSnapshot::kTopMax) hitters.resize(SignalsSnapshot::kTopMax);
}

}  // namespace picket::security
