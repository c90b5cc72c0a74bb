// How fast an error budget may burn before somebody is told: pairs of windows with a factor each. Pure.
// Source: Google, "The Site Reliability Workbook", chapter 5, "Multiwindow, Multi-Burn-Rate Alerts".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/slo/objective.h"

namespace picket::slo {

struct BurnWindow {
  std::string_view long_window{};   ///< "1h"
  std::string_view short_window{};  ///< a twelfth of it: the alert ends soon after the errors do
  int hours = 0;                    ///< of the long window
  double factor = 0;                ///< times the budget: at 14.4 the budget of 30 days is gone in 50 hours
  std::string_view hold{};          ///< the alert's `for`
  bool is_page = false;
};

/// All four, those that can never fire too.
std::vector<BurnWindow> burn_windows(const Objective& objective);
/// False when even errors alone burn the budget more slowly.
bool can_fire(const BurnWindow& window, const Objective& objective);
/// The error ratio above which it fires.
double ratio_limit(const BurnWindow& window, const Objective& objective);
/// So few events in the long window that nobody is told: less than the objective's floor, or so few that one
/// error alone would be too many.
double events_min(const BurnWindow& window, const Objective& objective);
/// The same for the whole period's budget.
double period_events_min(const Objective& objective);

}  // namespace picket::slo
