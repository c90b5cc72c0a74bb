#include "alertd/routing/route_tree.h"

#include <algorithm>
#include <map>

#include "base/text/suggest.h"

namespace picket::alertd {
namespace {

Route inherit(const RouteConfig& config, const Route* parent, int nth) {
  Route route;
  if (parent != nullptr) {
    route = *parent;
    route.routes.clear();
  }
  if (!config.receiver.empty()) route.receiver = config.receiver;
  if (config.group_by_set) {
    route.group_by_all = config.group_by == std::vector<std::string>{"..."};
    route.group_by = route.group_by_all ? std::vector<std::string>{} : config.group_by;
  }
  if (config.group_wait) route.group_wait = *config.group_wait;
  if (config.group_interval) route.group_interval = *config.group_interval;
  if (config.repeat_interval) route.repeat_interval = *config.repeat_interval;
  route.mute_time_intervals = config.mute_time_intervals;
  route.active_time_intervals = config.active_time_intervals;
  route.matchers = config.matchers;
  route.continue_matching = config.continue_matching;
  const std::string matchers = to_string(config.matchers);
  route.key = (parent != nullptr ? parent->key + "/" : "") + matchers;
  route.stored_key = (parent != nullptr ? parent->stored_key + "/" : "") + matchers;
  if (nth > 1) route.stored_key += fmt::format("#{}", nth);
  std::map<std::string, int> equal_siblings;
  for (const RouteConfig& child : config.routes) {
    route.routes.push_back(inherit(child, &route, ++equal_siblings[to_string(child.matchers)]));
  }
  return route;
}

void collect(const Route& route, const Labels& alert, std::vector<const Route*>& out) {
  const std::size_t before = out.size();
  for (const Route& child : route.routes) {
    if (!matches_all(child.matchers, alert)) continue;
    collect(child, alert, out);
    if (!child.continue_matching) break;
  }
  if (out.size() == before) out.push_back(&route);
}

struct KnownNames {
  const std::vector<std::string>& receivers;
  const std::vector<std::string>& intervals;
};

void check_names(const std::vector<std::string>& names, const KnownNames& known, const RouteConfig& route,
                 Problems& problems) {
  for (const std::string& name : names) {
    if (std::ranges::find(known.intervals, name) != known.intervals.end()) continue;
    problems.add(
        route.position, "route",
        fmt::format("time interval \"{}\" is not defined{}", name, did_you_mean(name, known.intervals)));
  }
}

void check_route(const RouteConfig& route, const KnownNames& known, Problems& problems) {
  if (!route.receiver.empty() &&
      std::ranges::find(known.receivers, route.receiver) == known.receivers.end()) {
    problems.add(route.position, "route.receiver",
                 fmt::format("\"{}\" is not defined{}", route.receiver,
                             did_you_mean(route.receiver, known.receivers)));
  }
  check_names(route.mute_time_intervals, known, route, problems);
  check_names(route.active_time_intervals, known, route, problems);
  for (const RouteConfig& child : route.routes) check_route(child, known, problems);
}

}  // namespace

Labels Route::group_labels(const Labels& alert) const {
  return group_by_all ? alert : alert.only(group_by);
}

std::string Route::group_key(const Labels& group_labels) const {
  return key + ":" + group_labels.to_string();
}

std::string Route::stored_group_key(const Labels& group_labels) const {
  return stored_key + ":" + group_labels.to_string();
}

RouteTree::RouteTree(const RouteConfig& root) : root_(inherit(root, nullptr, 1)) {}

std::vector<const Route*> RouteTree::match(const Labels& alert) const {
  std::vector<const Route*> routes;
  collect(root_, alert, routes);
  return routes;
}

void check_routes(const RouteConfig& root, const std::vector<std::string>& receivers,
                  const std::vector<std::string>& intervals, Problems& problems) {
  if (root.receiver.empty()) problems.add(root.position, "route.receiver", "is required");
  if (!root.matchers.empty())
    problems.add(root.position, "route", "the root route takes every alert and cannot have matchers");
  if (root.continue_matching) problems.add(root.position, "route", "the root route cannot have `continue`");
  if (!root.mute_time_intervals.empty() || !root.active_time_intervals.empty()) {
    problems.add(root.position, "route",
                 "the root route cannot have time intervals: put them on a child route");
  }
  check_route(root, {receivers, intervals}, problems);
}

}  // namespace picket::alertd
