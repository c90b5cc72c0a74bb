#include "alertd/dispatch/open_alerts.h"

#include <algorithm>
#include <optional>

namespace picket::alertd {
namespace {

/// What is stored of a group. A second sibling with equal matchers once shared the first one's group: what
/// its own receiver was told is found there.
std::optional<StoredGroup> stored_of(const DispatchState& state, const std::string& key,
                                     const OpenGroup& group) {
  const auto own = state.groups.find(key);
  if (own != state.groups.end()) return own->second;
  const auto shared = state.groups.find(group.route->group_key(group.labels));
  if (shared == state.groups.end()) return std::nullopt;
  StoredGroup stored{.next_flush = shared->second.next_flush, .targets = {}};
  for (const auto& [integration, states] : shared->second.targets) {
    if (!integration.starts_with(group.route->receiver + "/")) continue;
    TargetStates& copies = stored.targets[integration];
    for (const auto& [target, told] : states) {
      if (told.last) copies[target].last = told.last;  // what waits, waits under the first one's key
    }
  }
  if (stored.targets.empty()) return std::nullopt;
  return stored;
}

/// Times that no wait of the route explains were set by another clock.
void rebase(StoredGroup& stored, const Route& route, Timestamp now) {
  stored.next_flush = std::min(stored.next_flush, now + std::max(route.group_wait, route.group_interval));
  for (auto& [integration, states] : stored.targets) {
    for (auto& [target, state] : states) {
      if (state.last) state.last->at = std::min(state.last->at, now);
      if (state.waiting) state.waiting->at = std::min(state.waiting->at, now);
    }
  }
}

}  // namespace

std::vector<Placement> place(const RouteTree& tree, const Labels& alert) {
  std::vector<Placement> placements;
  for (const Route* route : tree.match(alert)) {
    Labels labels = route->group_labels(alert);
    placements.push_back({route->stored_group_key(labels), route, std::move(labels)});
  }
  return placements;
}

std::vector<std::string> OpenAlerts::regroup(const RouteTree& tree, const DispatchState& state,
                                             Timestamp now) {
  *this = OpenAlerts();
  for (const Alert& alert : state.alerts) put(alert, place(tree, alert.labels), now);
  for (auto& [key, group] : groups_) {
    std::optional<StoredGroup> stored = stored_of(state, key, group);
    if (!stored) continue;
    rebase(*stored, *group.route, now);
    group.stored.targets = std::move(stored->targets);
    set_timer(key, stored->next_flush);
  }
  std::vector<std::string> gone;
  for (const auto& [key, stored] : state.groups) {
    if (!groups_.contains(key)) gone.push_back(key);
  }
  return gone;
}

DispatchState OpenAlerts::state() const {
  DispatchState state{.alerts = all(), .groups = {}};
  for (const auto& [key, group] : groups_) state.groups.emplace(key, group.stored);
  return state;
}

void OpenAlerts::put(const Alert& alert, const std::vector<Placement>& placements, Timestamp now) {
  const Fingerprint fingerprint = alert.fingerprint();
  Held& held = alerts_[fingerprint];
  const bool is_held = held.groups > 0;
  const bool fired = is_held && !held.alert.resolved();
  if (fired == alert.resolved()) ++version_;
  held.alert = alert;
  for (const Placement& placement : placements) {
    const auto [group, is_new] = groups_.try_emplace(placement.group_key);
    if (is_new) set_timer(placement.group_key, now + placement.route->group_wait);
    group->second.route = placement.route;
    group->second.labels = placement.group_labels;
    if (group->second.alerts.insert(fingerprint).second) ++held.groups;
  }
  if (fired) --firing_count_;
  if (!alert.resolved()) ++firing_count_;
}

void OpenAlerts::take_out(const std::string& key, const std::vector<Alert>& ended) {
  OpenGroup* group = find(key);
  if (group == nullptr) return;
  for (const Alert& alert : ended) {
    const auto held = alerts_.find(alert.fingerprint());
    if (held == alerts_.end() || held->second.alert.ends_at != alert.ends_at) continue;
    if (group->alerts.erase(alert.fingerprint()) == 0) continue;
    if (--held->second.groups == 0) forget(held);
  }
}

void OpenAlerts::forget(std::map<Fingerprint, Held>::iterator held) {
  if (!held->second.alert.resolved()) {
    --firing_count_;
    ++version_;
  }
  alerts_.erase(held);
}

void OpenAlerts::set_timer(const std::string& key, Timestamp next_flush) {
  OpenGroup* group = find(key);
  if (group == nullptr) return;
  timers_.erase({group->stored.next_flush, key});
  group->stored.next_flush = next_flush;
  timers_.emplace(next_flush, key);
}

void OpenAlerts::erase_group(const std::string& key) {
  const auto group = groups_.find(key);
  if (group == groups_.end()) return;
  timers_.erase({group->second.stored.next_flush, key});
  for (const Fingerprint& alert : group->second.alerts) {
    const auto held = alerts_.find(alert);
    if (--held->second.groups == 0) forget(held);
  }
  groups_.erase(group);
}

void OpenAlerts::shift(Duration difference, Timestamp now) {
  timers_.clear();
  for (auto& [key, group] : groups_) {
    group.stored.next_flush += difference;
    for (auto& [integration, states] : group.stored.targets) {
      for (auto& [target, state] : states) {
        if (state.last) state.last->at += difference;
        if (state.waiting) state.waiting->at += difference;
      }
    }
    rebase(group.stored, *group.route, now);  // what was set on the new clock already
    timers_.emplace(group.stored.next_flush, key);
  }
}

void OpenAlerts::replace(const std::string& key, StoredGroup stored) {
  OpenGroup* group = find(key);
  if (group == nullptr) return;
  group->stored.targets = std::move(stored.targets);
  if (stored.next_flush != Timestamp{}) set_timer(key, stored.next_flush);
}

OpenGroup* OpenAlerts::find(const std::string& key) {
  const auto group = groups_.find(key);
  return group == groups_.end() ? nullptr : &group->second;
}

std::vector<std::string> OpenAlerts::due(Timestamp now) const {
  std::vector<std::string> keys;
  for (const auto& [when, key] : timers_) {
    if (when > now) break;
    keys.push_back(key);
  }
  return keys;
}

std::vector<Alert> OpenAlerts::alerts_of(const OpenGroup& group) const {
  std::vector<Alert> alerts;
  alerts.reserve(group.alerts.size());
  for (const Fingerprint& fingerprint : group.alerts) {
    const auto held = alerts_.find(fingerprint);
    if (held != alerts_.end()) alerts.push_back(held->second.alert);
  }
  return alerts;
}

std::vector<Alert> OpenAlerts::firing() const {
  std::vector<Alert> alerts;
  alerts.reserve(firing_count_);
  for (const auto& [fingerprint, held] : alerts_) {
    if (!held.alert.resolved()) alerts.push_back(held.alert);
  }
  return alerts;
}

std::vector<Alert> OpenAlerts::all() const {
  std::vector<Alert> alerts;
  alerts.reserve(alerts_.size());
  for (const auto& [fingerprint, held] : alerts_) alerts.push_back(held.alert);
  return alerts;
}

std::size_t OpenAlerts::holders(Fingerprint alert) const {
  const auto held = alerts_.find(alert);
  return held == alerts_.end() ? 0 : held->second.groups;
}

}  // namespace picket::alertd
