#include "alertd/dispatch/alert_book.h"

#include <algorithm>

namespace picket::alertd {

std::vector<Placement> place(const RouteTree& tree, const Labels& alert) {
  std::vector<Placement> placements;
  for (const Route* route : tree.match(alert)) {
    Labels labels = route->group_labels(alert);
    placements.push_back({route->group_key(labels), route, std::move(labels)});
  }
  return placements;
}

std::vector<std::string> AlertBook::regroup(const RouteTree& tree, const DispatchState& state,
                                            Timestamp now) {
  alerts_.clear();
  groups_.clear();
  for (const Alert& alert : state.alerts) put(alert, place(tree, alert.labels), now);
  std::vector<std::string> gone;
  for (const auto& [key, stored] : state.groups) {
    const auto group = groups_.find(key);
    if (group == groups_.end()) {
      gone.push_back(key);
    } else {
      group->second.stored = stored;
    }
  }
  return gone;
}

DispatchState AlertBook::state() const {
  DispatchState state{.alerts = all(), .groups = {}};
  for (const auto& [key, group] : groups_) state.groups.emplace(key, group.stored);
  return state;
}

void AlertBook::put(const Alert& alert, const std::vector<Placement>& placements, Timestamp now) {
  const Fingerprint fingerprint = alert.fingerprint();
  alerts_.insert_or_assign(fingerprint, alert);
  for (const Placement& placement : placements) {
    const auto [group, is_new] = groups_.try_emplace(placement.group_key);
    if (is_new) group->second.stored.next_flush = now + placement.route->group_wait;
    group->second.route = placement.route;
    group->second.labels = placement.group_labels;
    group->second.alerts.insert(fingerprint);
  }
}

void AlertBook::take_out(const std::string& key, const std::vector<Alert>& ended) {
  OpenGroup* group = find(key);
  if (group == nullptr) return;
  for (const Alert& alert : ended) {
    const auto current = alerts_.find(alert.fingerprint());
    if (current == alerts_.end() || current->second.ends_at != alert.ends_at) continue;
    group->alerts.erase(alert.fingerprint());
    if (!held_elsewhere(alert.fingerprint(), key)) alerts_.erase(current);
  }
}

OpenGroup* AlertBook::find(const std::string& key) {
  const auto group = groups_.find(key);
  return group == groups_.end() ? nullptr : &group->second;
}

std::vector<std::string> AlertBook::due(Timestamp now) const {
  std::vector<std::string> keys;
  for (const auto& [key, group] : groups_) {
    if (group.stored.next_flush <= now) keys.push_back(key);
  }
  return keys;
}

std::vector<Alert> AlertBook::alerts_of(const OpenGroup& group) const {
  std::vector<Alert> alerts;
  for (const Fingerprint& fingerprint : group.alerts) {
    const auto alert = alerts_.find(fingerprint);
    if (alert != alerts_.end()) alerts.push_back(alert->second);
  }
  return alerts;
}

std::vector<Alert> AlertBook::firing() const {
  std::vector<Alert> alerts = all();
  std::erase_if(alerts, [](const Alert& alert) { return alert.resolved(); });
  return alerts;
}

std::vector<Alert> AlertBook::all() const {
  std::vector<Alert> alerts;
  alerts.reserve(alerts_.size());
  for (const auto& [fingerprint, alert] : alerts_) alerts.push_back(alert);
  return alerts;
}

bool AlertBook::held_elsewhere(Fingerprint alert, const std::string& key) const {
  return std::ranges::any_of(
      groups_, [&](const auto& entry) { return entry.first != key && entry.second.alerts.contains(alert); });
}

}  // namespace picket::alertd
