#include "exporters/health/checks/maintenance.h"

#include <algorithm>

#include "base/time/timestamp.h"

namespace picket::health {

namespace {

struct Times {
  std::string start, end;
  MinuteRange range;
};

void read_yaml(MapReader& r, Times& t) {
  const auto minute = [&r](std::string_view key, std::string& text, int& out) {
    if (!r.require(key, text)) return;
    const Result<int> parsed = parse_minute_of_day(text);
    if (parsed) {
      out = *parsed;
    } else {
      r.problem(key, parsed.error().message);
    }
  };
  minute("start_time", t.start, t.range.start);
  minute("end_time", t.end, t.range.end);
  if (!t.start.empty() && !t.end.empty() && t.range.start >= t.range.end) {
    r.problem("end_time", "must be after start_time (a window over midnight is two windows)");
  }
}

using RangeParser = Result<IntRange> (*)(std::string_view);

/// A list of ranges, each an own syntax. True when the key was there.
bool read_ranges(MapReader& r, std::string_view key, std::vector<IntRange>& out, RangeParser parse) {
  const std::optional<ValueReader> value = r.at(key);
  if (!value) return false;
  std::vector<std::string> texts;
  if (!value->decode(texts)) return true;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Result<IntRange> range = parse(texts[i]);
    if (range) {
      out.push_back(*range);
    } else {
      const Position at = value->node().items[i].position;
      r.context().problems.add(at, fmt::format("{}[{}]", value->path(), i), range.error().message);
    }
  }
  return true;
}

/// True when any of the calendar's keys was there.
bool read_calendar(MapReader& r, CalendarWindow& w) {
  std::vector<Times> times;
  bool found = r.has("times");
  r.read("times", times);
  for (const Times& t : times) w.times.push_back(t.range);
  found |= read_ranges(r, "weekdays", w.weekdays, parse_weekday_range);
  found |= read_ranges(r, "days_of_month", w.days_of_month, parse_day_of_month_range);
  found |= read_ranges(r, "months", w.months, parse_month_range);
  found |= read_ranges(r, "years", w.years, parse_year_range);
  if (r.read("location", w.location)) {
    const Result<void> known = check_location(w.location);
    if (!known) r.problem("location", known.error().message);
  }
  return found;
}

void read_moment(MapReader& r, std::string_view key, std::optional<WallTime>& out) {
  std::string text;
  if (!r.read(key, text)) return;
  const Result<WallTime> time = parse_rfc3339(text);
  if (time) {
    out = *time;
  } else {
    r.problem(key, time.error().message);
  }
}

}  // namespace

bool MaintenanceWindow::covers(WallTime time) const {
  if (from && time < *from) return false;
  if (until && time >= *until) return false;
  return !calendar || contains(*calendar, time);
}

void read_yaml(MapReader& r, MaintenanceWindow& w) {
  CalendarWindow calendar;
  if (read_calendar(r, calendar)) w.calendar = std::move(calendar);
  read_moment(r, "from", w.from);
  read_moment(r, "until", w.until);
  if (w.from && w.until && *w.from >= *w.until) r.problem("until", "must be after from");
  if (!w.calendar && !w.until && !r.has("until") && !r.has("from")) {
    r.problem("", "needs times, weekdays, days_of_month, months or years, or from and until");
  }
}

void read_yaml(MapReader& r, MaintenanceConfig& c) {
  r.require("name", c.name);
  r.read("checks", c.checks);
  r.read("groups", c.groups);
  r.require("windows", c.windows);
  for (MaintenanceWindow& window : c.windows) window.name = c.name;
}

const MaintenanceWindow* covering(const std::vector<MaintenanceWindow>& windows, WallTime time) {
  const auto found = std::find_if(windows.begin(), windows.end(),
                                  [time](const auto& window) { return window.covers(time); });
  return found == windows.end() ? nullptr : &*found;
}

}  // namespace picket::health
