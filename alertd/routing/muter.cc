#include "alertd/routing/muter.h"

#include <algorithm>

namespace picket::alertd {
namespace {

/// The first of `names` whose windows hold `now`.
const NamedInterval* within(const std::vector<std::string>& names,
                            const std::vector<NamedInterval>& intervals, Timestamp now) {
  const auto holds = [&](const NamedInterval& interval) {
    return std::ranges::find(names, interval.name) != names.end() &&
           std::ranges::any_of(interval.windows,
                               [now](const CalendarWindow& window) { return contains(window, now); });
  };
  const auto found = std::ranges::find_if(intervals, holds);
  return found == intervals.end() ? nullptr : &*found;
}

}  // namespace

std::optional<MuteReason> Muter::mutes_route(const Route& /*route*/, Timestamp /*now*/) const {
  return std::nullopt;
}

std::optional<MuteReason> Muter::mutes(const Alert& /*alert*/, Timestamp /*now*/) const {
  return std::nullopt;
}

std::optional<MuteReason> IntervalMuter::mutes_route(const Route& route, Timestamp now) const {
  if (const NamedInterval* muted = within(route.mute_time_intervals, intervals_, now))
    return MuteReason{"muted", "time interval " + muted->name};
  if (!route.active_time_intervals.empty() &&
      within(route.active_time_intervals, intervals_, now) == nullptr) {
    return MuteReason{"inactive", "outside its active time intervals"};
  }
  return std::nullopt;
}

}  // namespace picket::alertd
