#include "alertd/routing/route_config.h"

#include <algorithm>
#include <map>
#include <set>

namespace picket::alertd {
namespace {

/// Lists of ranges in their own syntax: `weekdays: ['monday:friday']`.
template <class T>
void read_ranges(MapReader& r, std::string_view key, Result<T> (*parse)(std::string_view),
                 std::vector<T>& out) {
  std::vector<std::string> texts;
  if (!r.read(key, texts)) return;
  for (const std::string& text : texts) {
    const Result<T> range = parse(text);
    if (range) {
      out.push_back(*range);
    } else {
      r.problem(key, range.error().message);
    }
  }
}

struct TimesEntry {
  std::string start_time, end_time;
};
void read_yaml(MapReader& r, TimesEntry& c) {
  r.require("start_time", c.start_time);
  r.require("end_time", c.end_time);
}

void read_times(MapReader& r, CalendarWindow& window) {
  std::vector<TimesEntry> entries;
  if (!r.read("times", entries)) return;
  for (const TimesEntry& entry : entries) {
    const Result<int> start = parse_minute_of_day(entry.start_time);
    const Result<int> end = parse_minute_of_day(entry.end_time);
    if (!start || !end) {
      r.problem("times", !start ? start.error().message : end.error().message);
    } else if (*start >= *end) {
      r.problem("times", "start_time must be before end_time");
    } else {
      window.times.push_back({*start, *end});
    }
  }
}

struct WindowEntry {
  CalendarWindow window;
};
void read_yaml(MapReader& r, WindowEntry& c) {
  read_times(r, c.window);
  read_ranges(r, "weekdays", parse_weekday_range, c.window.weekdays);
  read_ranges(r, "days_of_month", parse_day_of_month_range, c.window.days_of_month);
  read_ranges(r, "months", parse_month_range, c.window.months);
  read_ranges(r, "years", parse_year_range, c.window.years);
  if (r.read("location", c.window.location)) {
    const Result<void> known = check_location(c.window.location);
    if (!known) r.problem("location", known.error().message);
  }
}

void check_group_by(MapReader& r, const RouteConfig& c) {
  check_label_names(r, "group_by", c.group_by);
  if (c.group_by.size() > 1 && std::ranges::count(c.group_by, "...") > 0) {
    r.problem("group_by", "'...' groups by every label and must stand alone");
  }
}

void check_durations(MapReader& r, const RouteConfig& c) {
  if (c.group_interval && *c.group_interval <= Duration::zero())
    r.problem("group_interval", "must be more than 0");
  if (c.repeat_interval && *c.repeat_interval <= Duration::zero())
    r.problem("repeat_interval", "must be more than 0");
}

}  // namespace

void check_label_names(MapReader& r, std::string_view key, const std::vector<std::string>& names) {
  const std::optional<ValueReader> list = r.at(key);
  std::set<std::string> seen;
  for (std::size_t i = 0; list && i < std::min(names.size(), list->node().items.size()); ++i) {
    if (names[i].empty()) {
      list->item_at(i).problem("must not be empty");
    } else if (!seen.insert(names[i]).second) {
      list->item_at(i).problem(fmt::format("\"{}\" is there twice", names[i]));
    }
  }
}

void read_map_matchers(MapReader& r, std::string_view key, MatchOp op, Matchers& out) {
  std::map<std::string, std::string> entries;
  if (!r.read(key, entries)) return;
  for (const auto& [name, value] : entries) {
    Result<Matcher> matcher = Matcher::make(op, name, value);
    if (matcher) {
      out.push_back(std::move(*matcher));
    } else {
      r.problem(key, matcher.error().message);
    }
  }
}

void read_matchers(MapReader& r, std::string_view key, Matchers& out) {
  std::vector<std::string> texts;
  if (!r.read(key, texts)) return;
  for (const std::string& text : texts) {
    Result<Matchers> matchers = parse_matchers(text);
    if (!matchers) {
      r.problem(key, matchers.error().message);
      continue;
    }
    std::ranges::move(*matchers, std::back_inserter(out));
  }
}

void read_yaml(MapReader& r, RouteConfig& c) {
  c.position = r.value().node().position;
  r.read("receiver", c.receiver);
  c.group_by_set = r.read("group_by", c.group_by);
  check_group_by(r, c);
  read_matchers(r, "matchers", c.matchers);
  read_map_matchers(r, "match", MatchOp::Equal, c.matchers);
  read_map_matchers(r, "match_re", MatchOp::Regex, c.matchers);
  r.read("continue", c.continue_matching);
  r.read("group_wait", c.group_wait);
  r.read("group_interval", c.group_interval);
  r.read("repeat_interval", c.repeat_interval);
  check_durations(r, c);
  r.read("mute_time_intervals", c.mute_time_intervals);
  r.read("active_time_intervals", c.active_time_intervals);
  r.read("routes", c.routes);
}

void read_yaml(MapReader& r, NamedInterval& c) {
  c.position = r.value().node().position;
  r.require("name", c.name);
  std::vector<WindowEntry> entries;
  r.require("time_intervals", entries);
  for (WindowEntry& entry : entries) c.windows.push_back(std::move(entry.window));
}

}  // namespace picket::alertd
