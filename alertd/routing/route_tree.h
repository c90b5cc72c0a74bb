// The routing tree: which routes an alert takes, and into which group it falls there. Immutable; safe from
// any thread. Source of the semantics: alertmanager dispatch.Route (depth first, first matching child unless
// `continue`, deepest match wins).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "alertd/routing/route_config.h"
#include "alertd/series/labels.h"
#include "alertd/series/timestamp.h"

namespace picket::alertd {

/// A route with everything inherited filled in.
struct Route {
  std::string receiver;
  std::vector<std::string> group_by;
  bool group_by_all = false;
  Duration group_wait = std::chrono::seconds(30);
  Duration group_interval = std::chrono::minutes(5);
  Duration repeat_interval = std::chrono::hours(4);
  std::vector<std::string> mute_time_intervals, active_time_intervals;
  Matchers matchers;
  bool continue_matching = false;
  std::string key;  ///< matchers from the root on: `{}/{severity="critical"}`
  /// `key` that is this route's alone: siblings with equal matchers are told apart, `{}/{a="b"}#2` is the
  /// second.
  std::string stored_key;
  std::vector<Route> routes;

  Labels group_labels(const Labels& alert) const;
  /// What peers know the group by, as Alertmanager writes it: `<key>:{alertname="Down"}`.
  std::string group_key(const Labels& group_labels) const;
  /// Names the group over restarts and reloads: `<stored_key>:{alertname="Down"}`.
  std::string stored_group_key(const Labels& group_labels) const;
};

class RouteTree {
 public:
  explicit RouteTree(const RouteConfig& root);
  /// At least one: the root takes what no child does.
  std::vector<const Route*> match(const Labels& alert) const;

 private:
  Route root_;
};

/// Problems across the tree: unknown receivers and intervals (with "did you mean"), a root with matchers.
void check_routes(const RouteConfig& root, const std::vector<std::string>& receivers,
                  const std::vector<std::string>& intervals, Problems& problems);

}  // namespace picket::alertd
