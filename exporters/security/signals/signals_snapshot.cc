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

/// What a client that is not in the list may have at most.
Count unseen_max(const std::vector<HeavyHitter>& list) {
  return list.size() < SignalsSnapshot::kTopMax ? 0 : list.back().count;
}

std::vector<HeavyHitter> merge_top(std::span<const SignalsSnapshot> snapshots, TopKind kind) {
  const auto place = static_cast<std::size_t>(kind);
  Count unseen = 0;
  for (const SignalsSnapshot& snapshot : snapshots) unseen += unseen_max(snapshot.top.at(place));
  std::map<std::pair<IpAddress, bool>, HeavyHitter> clients;
  for (const SignalsSnapshot& snapshot : snapshots) {
    const Count listed = unseen_max(snapshot.top.at(place));
    for (const HeavyHitter& hitter : snapshot.top.at(place)) {
      const HeavyHitter fresh{hitter.client, unseen, unseen, hitter.is_claimed};
      HeavyHitter& sum = clients.try_emplace({hitter.client.network, hitter.is_claimed}, fresh).first->second;
      sum.count += hitter.count - listed;
      sum.error = sum.error - listed + hitter.error;
    }
  }
  std::vector<HeavyHitter> all;
  all.reserve(clients.size());
  for (const auto& [client, sum] : clients) all.push_back(sum);
  sort_and_cut(all);
  return all;
}

void add_hour(AttackHistory::Hour& sum, const AttackHistory::Hour& more) {
  for (std::size_t i = 0; i < sum.size(); ++i) {
    sum[i].matched += more[i].matched;
    sum[i].accepted += more[i].accepted;
  }
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

Severity severity_of(DetectionKind kind) {
  switch (kind) {
    case DetectionKind::Spraying:
    case DetectionKind::Stuffing:
      return Severity::High;
    case DetectionKind::BruteForce:
    case DetectionKind::Enumeration:
      return Severity::Medium;
    case DetectionKind::Scraping:
      break;
  }
  return Severity::Low;
}

SignalsSnapshot merge(std::span<const SignalsSnapshot> snapshots) {
  SignalsSnapshot all;
  for (const SignalsSnapshot& one : snapshots) {
    add(all.counters, one.counters);
    merge_sketches(all.distinct.attack_clients, one.distinct.attack_clients);
    merge_sketches(all.distinct.failing_clients, one.distinct.failing_clients);
    merge_sketches(all.distinct.failing_accounts, one.distinct.failing_accounts);
    for (std::size_t i = 0; i < all.active.size(); ++i) all.active[i] += one.active[i];
    for (std::size_t i = 0; i < all.hour.size(); ++i) add_hour(all.hour[i], one.hour[i]);
  }
  for (const TopKind kind : kTopKinds)
    all.top.at(static_cast<std::size_t>(kind)) = merge_top(snapshots, kind);
  return all;
}

}  // namespace picket::security
