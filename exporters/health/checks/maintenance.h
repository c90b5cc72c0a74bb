// Maintenance windows: times at which a check is not probed and nobody is alarmed. Calendar windows with a
// time zone, or one span of time. Immutable; safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/config/reader.h"
#include "base/time/calendar.h"

namespace picket::health {

/// `{times: [{start_time, end_time}], weekdays, days_of_month, months, years, location}` as in Alertmanager's
/// time_intervals, or `{from, until}` in RFC 3339. With both, both must hold.
struct MaintenanceWindow {
  std::string name;  ///< of the file's maintenance that it is from; "" for one of a check's own
  std::optional<CalendarWindow> calendar;
  std::optional<WallTime> from, until;

  bool covers(WallTime time) const;
};
void read_yaml(MapReader& r, MaintenanceWindow& w);

/// One element of the file's `maintenance:`; without checks and groups it is for all.
struct MaintenanceConfig {
  std::string name;
  std::vector<std::string> checks, groups;
  std::vector<MaintenanceWindow> windows;
};
void read_yaml(MapReader& r, MaintenanceConfig& c);

/// The first that covers `time`, or null.
const MaintenanceWindow* covering(const std::vector<MaintenanceWindow>& windows, WallTime time);

}  // namespace picket::health
