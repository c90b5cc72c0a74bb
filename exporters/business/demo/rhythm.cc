#include "exporters/business/demo/rhythm.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "exporters/business/demo/markets.h"

namespace picket::business {
namespace {

// Of the hours of a day, then of Thursday (1970-01-01 was one) to Wednesday. Each is 1 on average.
constexpr std::array<double, 24> kHourly{0.25, 0.15, 0.10, 0.10, 0.15, 0.30, 0.60, 1.00,
                                         1.50, 1.80, 1.90, 1.70, 1.40, 1.50, 1.70, 1.70,
                                         1.50, 1.40, 1.30, 1.20, 1.10, 0.80, 0.50, 0.35};
constexpr std::array<double, 7> kWeekdays{1.20, 1.10, 0.60, 0.45, 1.25, 1.20, 1.20};
constexpr double kGrowthPerYear = 0.25;
constexpr double kTrouble = 4;

std::int64_t remainder(std::int64_t value, std::int64_t divisor) {
  return ((value % divisor) + divisor) % divisor;
}

}  // namespace

Rhythm::Rhythm(Period history) : history_(history) {
  const std::int64_t length = std::min(7 * kDay, history.length() / 4);
  // From midnight to midnight where there is room for that.
  const std::int64_t begins = history.begins + history.length() * 3 / 5;
  bad_week_.begins = length < kDay ? begins : begins - remainder(begins, kDay);
  bad_week_.ends = bad_week_.begins + length;
}

double Rhythm::local(std::int64_t at, std::int64_t offset_hours) {
  const std::int64_t clock = at + offset_hours * kHour;
  const auto hour = static_cast<std::size_t>(remainder(clock, kDay) / kHour);
  const auto day = static_cast<std::size_t>(remainder(clock, 7 * kDay) / kDay);
  return kHourly[hour] * kWeekdays[day];
}

double Rhythm::world(std::int64_t at) const {
  double busy = 0;
  for (const Market& market : markets()) busy += market.share * local(at, market.offset_hours);
  const double years = static_cast<double>(at - history_.ends) / static_cast<double>(365 * kDay);
  return busy * std::pow(1 + kGrowthPerYear, years);
}

double Rhythm::trouble(std::int64_t at) const {
  return bad_week_.contains(at) ? kTrouble : 1;
}

}  // namespace picket::business
