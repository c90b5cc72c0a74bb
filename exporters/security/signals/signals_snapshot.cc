#include "exporters/security/signals/signals_snapshot.h"

#include <algorithm>
#include <map>

#include "exporters/security/signals/top_clients.h"

namespace picket::security {
namespace {

using Sketches = std::array<HyperLogLog, kDistinctSpans.size()>;

void merge_sketches(Sketches& all, const Sketches& more) {
  for (std::size_t i = 0; i < all.size(); ++i) all[i].merge(more[i]);
}

/// A client that is not in the list of a source may have there up to the smallest of a full list: that is not
/// said here, so that counts of several sources are those of their lists.
std::vector<HeavyHitter> merge_top(std::span<const SignalsSnapshot> snapshots, TopKind kind) {
  std::map<std::pair<IpAddress, bool>, HeavyHitter> clients;
  for (const SignalsSnapshot& snapshot : snapshots) {
    for (const HeavyHitter& hitter : snapshot.top.at(static_cast<std::size_t>(kind))) {
      HeavyHitter& sum = clients[{hitter.client.network, hitter.is_claimed}];
      sum = {hitter.client, sum.count + hitter.count, sum.error + hitter.error, hitter.is_claimed};
    }
  }
  std::vector<HeavyHitter> all;
  for (auto& [client, sum] : clients) all.push_back(std::move(sum));
  sort_and_cut(all);
  return all;
}

}  // namespace

std::string_view to_string(TopKind kind) {
  switch (kind) {
    case TopKind::Attacks:
      return "attacks";
    case TopKind::Failures:
      return "login_failures";
    case TopKind::Requests:
      return "requests";
    case TopKind::Bytes:
      break;
  }
  return "bytes";
}

SignalsSnapshot merge(std::span<const SignalsSnapshot> snapshots) {
  SignalsSnapshot all;
  for (const SignalsSnapshot& one : snapshots) {
    add(all.counters, one.counters);
    merge_sketches(all.distinct.attack_clients, one.distinct.attack_clients);
    merge_sketches(all.distinct.failing_clients, one.distinct.failing_clients);
    merge_sketches(all.distinct.failing_accounts, one.distinct.failing_accounts);
    for (std::size_t i = 0; i < all.active.size(); ++i) all.active[i] += one.active[i];
    all.clients += one.clients;
    all.accounts += one.accounts;
    if (one.newest && (!all.newest || *all.newest < *one.newest)) all.newest = one.newest;
  }
  for (const TopKind kind : kTopKinds)
    all.top.at(static_cast<std::size_t>(kind)) = merge_top(snapshots, kind);
  return all;
}

}  // namespace picket::security
