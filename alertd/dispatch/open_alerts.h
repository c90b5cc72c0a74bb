// The alerts and groups that are open now, in memory: a cache of the database, changed only after a commit.
// Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alertd/dispatch/dispatch_store.h"
#include "alertd/routing/route_tree.h"

namespace picket::alertd {

struct OpenGroup {
  const Route* route = nullptr;  ///< of the tree that they were last grouped with
  Labels labels;
  std::set<Fingerprint> alerts;
  StoredGroup stored;
};

/// Where an alert falls.
struct Placement {
  std::string group_key;  ///< stored_group_key()
  const Route* route = nullptr;
  Labels group_labels;
};
std::vector<Placement> place(const RouteTree& tree, const Labels& alert);

class OpenAlerts {
 public:
  /// Everything anew: alerts by `tree`, timers and what targets know by group key. A group that is new begins
  /// at now + group_wait. Answers the keys of stored groups that no longer exist.
  std::vector<std::string> regroup(const RouteTree& tree, const DispatchState& state, Timestamp now);
  /// All that regroup() needs, to start again with another tree.
  DispatchState state() const;

  bool holds(Fingerprint alert) const { return alerts_.contains(alert); }
  bool has_group(const std::string& key) const { return groups_.contains(key); }
  void put(const Alert& alert, const std::vector<Placement>& placements, Timestamp now);
  /// Takes ended alerts out of a group, unless they fire again by now, and forgets those that no other group
  /// holds.
  void take_out(const std::string& key, const std::vector<Alert>& ended);
  void set_timer(const std::string& key, Timestamp next_flush);
  void erase_group(const std::string& key);
  /// The wall clock was stepped by `difference`: what is waited for stays as far away as it was.
  void shift(Duration difference, Timestamp now);
  /// What the database knows of a group, when memory may know otherwise.
  void replace(const std::string& key, StoredGroup stored);

  OpenGroup* find(const std::string& key);
  /// In the order in which they fell due.
  std::vector<std::string> due(Timestamp now) const;
  std::vector<Alert> alerts_of(const OpenGroup& group) const;
  std::vector<Alert> firing() const;
  std::vector<Alert> all() const;
  const std::map<std::string, OpenGroup>& groups() const { return groups_; }
  std::size_t firing_count() const { return firing_count_; }
  /// Another number whenever what fires has changed.
  std::uint64_t version() const { return version_; }
  /// How many groups hold it.
  std::size_t holders(Fingerprint alert) const;

 private:
  struct Held {
    Alert alert;
    std::size_t groups = 0;  ///< that hold it
  };
  void forget(std::map<Fingerprint, Held>::iterator held);

  std::map<Fingerprint, Held> alerts_;
  std::map<std::string, OpenGroup> groups_;
  std::set<std::pair<Timestamp, std::string>> timers_;
  std::size_t firing_count_ = 0;
  std::uint64_t version_ = 0;
};

}  // namespace picket::alertd
