// `route` and `time_intervals` of alertd.yml, with Alertmanager's keys. Source: alertmanager config.Route.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alertd/series/matcher.h"
#include "base/config/reader.h"
#include "base/time/calendar.h"

namespace picket::alertd {

struct RouteConfig {
  std::string receiver;               ///< "": the parent's
  std::vector<std::string> group_by;  ///< ['...'] groups by every label
  bool group_by_set = false;
  Matchers matchers;  ///< from `matchers`, `match` and `match_re`
  bool continue_matching = false;
  std::optional<Duration> group_wait, group_interval, repeat_interval;
  std::vector<std::string> mute_time_intervals, active_time_intervals;
  std::vector<RouteConfig> routes;
  Position position;
};
void read_yaml(MapReader& r, RouteConfig& c);

struct NamedInterval {
  std::string name;
  std::vector<CalendarWindow> windows;
  Position position;
};
void read_yaml(MapReader& r, NamedInterval& c);

/// `matchers:` as a list of strings, each one or more matchers.
void read_matchers(MapReader& r, std::string_view key, Matchers& out);
/// The older form: a map of label names to values (`match`, `source_match`) or regular expressions
/// (`match_re`). Appends.
void read_map_matchers(MapReader& r, std::string_view key, MatchOp op, Matchers& out);
/// A problem at each name of a list that is empty or repeated.
void check_label_names(MapReader& r, std::string_view key, const std::vector<std::string>& names);

}  // namespace picket::alertd
