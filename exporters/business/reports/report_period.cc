#include "exporters/business/reports/report_period.h"

#include <algorithm>
#include <array>

namespace picket::business {
namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::weekday;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 3> kSteps = {"day", "week", "month"};

Day first_of_month(Day day) {
  const year_month_day date(day);
  return Day(date.year() / date.month() / 1);
}

/// `day` begins a period.
Day next(Day day, Step step, int periods = 1) {
  if (step == Step::Day) return day + days(periods);
  if (step == Step::Week) return day + days(7 * periods);
  return Day(year_month_day(day) + months(periods));
}

Day first_of_period(Day day, Step step) {
  if (step == Step::Day) return day;
  if (step == Step::Month) return first_of_month(day);
  return day - (weekday(day) - std::chrono::Monday);
}

int count_of(const DaySpan& span) {
  if (span.step == Step::Day) return static_cast<int>((span.to - span.from).count()) + 1;
  if (span.step == Step::Week) return static_cast<int>((span.to - span.from).count() + 1) / 7;
  const year_month_day first(span.from), last(span.to);
  return static_cast<int>((last.year() / last.month() - first.year() / first.month()).count() + 1);
}

std::string label_of(Day day, Step step) {
  return step == Step::Month ? format_day(day).substr(0, 7) : format_day(day);
}

}  // namespace

std::string_view to_string(Step step) {
  return kSteps[static_cast<std::size_t>(step)];
}

std::optional<Step> parse_step(std::string_view text) {
  for (std::size_t i = 0; i < kSteps.size(); ++i) {
    if (text == kSteps[i]) return static_cast<Step>(i);
  }
  return std::nullopt;
}

DaySpan usual_span(Day to, Step step) {
  const int periods = step == Step::Day ? 30 : step == Step::Week ? 26 : 12;
  return {next(first_of_period(to, step), step, 1 - periods), to, step};
}

DaySpan whole(DaySpan span) {
  span.from = first_of_period(span.from, span.step);
  span.to = next(first_of_period(span.to, span.step), span.step) - days(1);
  return span;
}

std::vector<Period> periods_of(const DaySpan& span, std::string_view location, std::size_t most) {
  std::vector<Period> periods;
  for (Day day = span.from; day <= span.to && periods.size() < most; day = next(day, span.step))
    periods.push_back({label_of(day, span.step), start_of_day(location, day),
                       start_of_day(location, next(day, span.step))});
  return periods;
}

Period all_of(const DaySpan& span, std::string_view location) {
  return {"total", start_of_day(location, span.from), start_of_day(location, span.to + days(1))};
}

Period before(const DaySpan& span, std::string_view location, WallTime now) {
  const Period all = all_of(span, location);
  const WallTime begins = start_of_day(location, next(span.from, span.step, -count_of(span)));
  const Duration rest = std::clamp(all.ends - now, Duration::zero(), all.ends - all.begins);
  return {"before", begins, std::max(begins, all.begins - rest)};
}

}  // namespace picket::business
