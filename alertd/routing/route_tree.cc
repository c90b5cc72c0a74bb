#include "alertd/routing/route_tree.h"

#include <algorithm>

#include "base/text/suggest.h"

namespace picket::alertd {
namespace {

Route inherit(const RouteConfig& config, const Route* parent) {
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
  route.key = (parent != nullptr ? parent->key + "/" : "") + to_string(config.matchers);
  for (const RouteConfig& child : config.routes) route.routes.push_back(inherit(child, &route));
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

bool within(const std::vector<std::string>& names, const std::vector<NamedInterval>& intervals, Timestamp now,
            std::string& which) {
  for (const NamedInterval& interval : intervals) {
    if (std::ranges::find(names, interval.name) == names.end()) continue;
    const bool inside = std::ranges::any_of(
        interval.windows, [now](const CalendarWindow& window) { return contains(window, now); });
    if (!inside) continue;
    which = interval.name;
    return true;
  }
  return false;
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

RouteTree::RouteTree(const RouteConfig& root) : root_(inherit(root, nullptr)) {}

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

std::string muted_by_time(const Route& route, const std::vector<NamedInterval>& intervals, Timestamp now) {
  std::string which;
  if (within(route.mute_time_intervals, intervals, now, which))
    return fmt::format("muted by time interval {}", which);
  if (!route.active_time_intervals.empty() && !within(route.active_time_intervals, intervals, now, which)) {
    return "outside its active time intervals";
  }
  return "";
}

}  // namespace picket::alertd
