#include "tools/slo/burn_windows.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace picket::slo {
namespace {

/// What of the budget may be gone within the long window. Of a short period it must be more, or the alerts
/// would fire below the pace that is allowed. Source: Google's numbers; Sloth's example of 7 days.
struct Pair {
  BurnWindow window{};
  double share = 0;        ///< of periods of four weeks and more
  double short_share = 0;  ///< of shorter ones
};

constexpr std::array<Pair, 4> kPairs{{
    {{"1h", "5m", 1, 0, "2m", true}, 0.02, 0.08},
    {{"6h", "30m", 6, 0, "5m", true}, 0.05, 0.125},
    {{"1d", "2h", 24, 0, "15m", false}, 0.1, 0.2},
    {{"3d", "6h", 72, 0, "1h", false}, 0.1, 0.42},
}};
constexpr int kFourWeeks = 28;

/// Of the floor for an hour: the page over six hours needs a fifth as many in each of them.
double floor_of(const BurnWindow& window, const Objective& objective) {
  return window.hours == 6 ? objective.events_per_hour_min * 6 / 5 : objective.events_per_hour_min;
}

}  // namespace

std::vector<BurnWindow> burn_windows(const Objective& objective) {
  std::vector<BurnWindow> windows;
  for (const Pair& pair : kPairs) {
    BurnWindow window = pair.window;
    const double share = objective.period_days < kFourWeeks ? pair.short_share : pair.share;
    window.factor = share * objective.period_days * 24 / window.hours;
    windows.push_back(window);
  }
  return windows;
}

bool can_fire(const BurnWindow& window, const Objective& objective) {
  return ratio_limit(window, objective) < 1 - 1e-9;
}

double ratio_limit(const BurnWindow& window, const Objective& objective) {
  return window.factor * objective.budget;
}

double events_min(const BurnWindow& window, const Objective& objective) {
  return std::max(floor_of(window, objective), std::ceil(1 / ratio_limit(window, objective) - 1e-6));
}

double period_events_min(const Objective& objective) {
  return std::max(objective.events_per_hour_min, std::ceil(1 / objective.budget - 1e-6));
}

}  // namespace picket::slo
