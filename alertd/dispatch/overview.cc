#include "alertd/dispatch/overview.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace picket::alertd {
namespace {

using Group = std::pair<const std::string, OpenGroup>;

/// An alert that fires and the groups that hold it.
struct Held {
  const Alert* alert = nullptr;
  std::vector<const Group*> groups;
  std::vector<MuteReason> muted;
  Told told = Told::Nobody;
};

struct Muting {
  IntervalMuter intervals;
  Inhibition inhibition;
};

void add_once(std::vector<MuteReason>& reasons, const std::optional<MuteReason>& reason) {
  const auto same = [&](const MuteReason& other) {
    return other.kind == reason->kind && other.by == reason->by;
  };
  if (reason && std::ranges::none_of(reasons, same)) reasons.push_back(*reason);
}

void add_once(std::vector<std::string>& texts, const std::string& text) {
  if (std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
}

bool knows(const TargetState& state, Fingerprint alert) {
  return state.last && state.last->firing.contains(alert);
}

bool waits(const TargetState& state, Fingerprint alert) {
  return state.waiting && state.waiting->firing.contains(alert);
}

Told told_of(const Held& held, Fingerprint alert) {
  bool is_waiting = false;
  for (const Group* group : held.groups) {
    for (const auto& [integration, targets] : group->second.stored.targets) {
      for (const auto& [target, state] : targets) {
        if (knows(state, alert)) return Told::Somebody;
        is_waiting = is_waiting || waits(state, alert);
      }
    }
  }
  if (is_waiting) return Told::Waiting;
  return held.muted.empty() ? Told::Nobody : Told::Muted;
}

/// "email[0]" of an id, by the receiver's configuration.
std::string name_of(const DispatchConfig& config, const std::string& receiver, const std::string& id) {
  const auto found = config.receivers.find(receiver);
  if (found == config.receivers.end()) return "";
  const auto integration = std::ranges::find(found->second, id, &Integration::id);
  return integration == found->second.end() ? "" : integration->name;
}

void add_tellings(const DispatchConfig& config, const Group& group, FiringAlert& out) {
  const Fingerprint alert = out.alert.fingerprint();
  const std::string& receiver = group.second.route->receiver;
  for (const auto& [id, targets] : group.second.stored.targets) {
    const std::string integration = name_of(config, receiver, id);
    for (const auto& [target, state] : targets) {
      if (knows(state, alert)) {
        out.tellings.push_back({receiver, integration, target, "", state.last->at});
      } else if (waits(state, alert)) {
        out.tellings.push_back({receiver, integration, target, state.waiting->delivery, state.waiting->at});
      }
    }
  }
}

FiringAlert firing_alert(const DispatchConfig& config, const Held& held) {
  FiringAlert out{.alert = *held.alert, .told = held.told, .muted = held.muted};
  for (const Group* group : held.groups) {
    const OpenGroup& open = group->second;
    const auto receiver = config.receivers.find(open.route->receiver);
    out.has_integration |= receiver != config.receivers.end() && !receiver->second.empty();
    add_once(out.receivers, open.route->receiver);
    out.groups.push_back(group->first);
    if (out.next_flush == Timestamp{} || open.stored.next_flush < out.next_flush)
      out.next_flush = open.stored.next_flush;
    add_tellings(config, *group, out);
  }
  std::ranges::stable_sort(out.tellings, {}, [](const Telling& telling) { return !telling.waiting.empty(); });
  return out;
}

/// What fires, with why it is muted. A group that says nothing mutes an alert only while no other group
/// speaks of it.
std::map<Fingerprint, Held> held_alerts(const OpenAlerts& open, const std::vector<Alert>& firing,
                                        const Muting& muting, Timestamp now) {
  std::map<Fingerprint, Held> held;
  for (const Alert& alert : firing) held[alert.fingerprint()].alert = &alert;
  std::map<Fingerprint, std::size_t> speaking;
  for (const Group& group : open.groups()) {
    const std::optional<MuteReason> silent = muting.intervals.mutes_route(*group.second.route, now);
    for (const Fingerprint alert : group.second.alerts) {
      const auto found = held.find(alert);
      if (found == held.end()) continue;
      found->second.groups.push_back(&group);
      add_once(found->second.muted, silent);
      if (!silent) ++speaking[alert];
    }
  }
  for (auto& [alert, entry] : held) {
    if (speaking.contains(alert)) entry.muted.clear();
    add_once(entry.muted, muting.inhibition.mutes(*entry.alert, now));
    entry.told = told_of(entry, alert);
  }
  return held;
}

void count(AlertsOverview& out, Told told) {
  ++out.firing;
  ++(told == Told::Nobody    ? out.nobody
     : told == Told::Waiting ? out.waiting
     : told == Told::Muted   ? out.muted
                             : out.somebody);
}

template <class T, class Less>
void keep_first(std::vector<T>& items, std::size_t most, Less less) {
  const auto end = items.begin() + static_cast<std::ptrdiff_t>(std::min(most, items.size()));
  std::partial_sort(items.begin(), end, items.end(), less);
  items.erase(end, items.end());
}

std::vector<GroupSummary> summaries(const OpenAlerts& open, const std::map<Fingerprint, Held>& firing,
                                    const Muting& muting, Timestamp now, std::size_t most) {
  std::vector<const Group*> groups;
  for (const Group& group : open.groups()) groups.push_back(&group);
  keep_first(groups, most, [](const Group* a, const Group* b) {
    return std::tie(a->second.stored.next_flush, a->first) < std::tie(b->second.stored.next_flush, b->first);
  });
  std::vector<GroupSummary> out;
  for (const Group* group : groups) {
    const OpenGroup& from = group->second;
    const auto fires = [&](Fingerprint alert) { return firing.contains(alert); };
    out.push_back({.receiver = from.route->receiver,
                   .labels = from.labels,
                   .firing = static_cast<std::size_t>(std::ranges::count_if(from.alerts, fires)),
                   .next_flush = from.stored.next_flush,
                   .muted = muting.intervals.mutes_route(*from.route, now)});
  }
  return out;
}

}  // namespace

AlertsOverview overview_of(const OpenAlerts& open, const DispatchConfig& config, Timestamp now,
                           std::size_t most) {
  const std::vector<Alert> firing = open.firing();
  const Muting muting{IntervalMuter(config.intervals), Inhibition(config.inhibit_rules, firing)};
  const std::map<Fingerprint, Held> held = held_alerts(open, firing, muting, now);
  AlertsOverview out;
  std::vector<const Held*> order;
  for (const auto& [alert, entry] : held) {
    count(out, entry.told);
    order.push_back(&entry);
  }
  keep_first(order, most, [](const Held* a, const Held* b) {
    return std::tie(a->told, b->alert->starts_at, a->alert->labels) <
           std::tie(b->told, a->alert->starts_at, b->alert->labels);
  });
  for (const Held* entry : order) out.alerts.push_back(firing_alert(config, *entry));
  out.groups_total = open.groups().size();
  out.groups = summaries(open, held, muting, now, most);
  return out;
}

}  // namespace picket::alertd
