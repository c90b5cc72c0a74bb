// The alerts and groups that are open now, in memory: a cache of the database, changed only after a commit.
// Not thread-safe.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "alertd/dispatch/dispatch_store.h"
#include "alertd/routing/route_tree.h"

namespace picket::alertd {

struct OpenGroup {
  const Route* route = nullptr;  ///< of the tree that the book was last regrouped with
  Labels labels;
  std::set<Fingerprint> alerts;
  StoredGroup stored;
};

/// Where an alert falls.
struct Placement {
  std::string group_key;
  const Route* route = nullptr;
  Labels group_labels;
};
std::vector<Placement> place(const RouteTree& tree, const Labels& alert);

class AlertBook {
 public:
  /// Everything anew: alerts by `tree`, timers and what was told by group key. A group that is new begins at
  /// now + group_wait. Answers the keys of stored groups that no longer exist.
  std::vector<std::string> regroup(const RouteTree& tree, const DispatchState& state, Timestamp now);
  /// All that regroup() needs, to start again with another tree.
  DispatchState state() const;

  bool has_group(const std::string& key) const { return groups_.contains(key); }
  void put(const Alert& alert, const std::vector<Placement>& placements, Timestamp now);
  /// Takes ended alerts out of a group, unless they fire again by now, and forgets those that no other group
  /// holds.
  void take_out(const std::string& key, const std::vector<Alert>& ended);
  void erase_group(const std::string& key) { groups_.erase(key); }

  OpenGroup* find(const std::string& key);
  std::vector<std::string> due(Timestamp now) const;
  std::vector<Alert> alerts_of(const OpenGroup& group) const;
  std::vector<Alert> firing() const;
  std::vector<Alert> all() const;
  const std::map<std::string, OpenGroup>& groups() const { return groups_; }
  /// Whether another group than `key` holds it.
  bool held_elsewhere(Fingerprint alert, const std::string& key) const;

 private:
  std::map<Fingerprint, Alert> alerts_;
  std::map<std::string, OpenGroup> groups_;
};

}  // namespace picket::alertd
