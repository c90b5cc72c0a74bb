// The periods that a report counts: days, weeks or months of a zone, whole ones. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time/calendar.h"

namespace picket::business {

enum class Step { Day, Week, Month };
/// "day", "week", "month"
std::string_view to_string(Step step);
std::optional<Step> parse_step(std::string_view text);

/// From the first day to the last, both included.
struct DaySpan {
  Day from{};
  Day to{};
  Step step = Step::Day;
};

/// Up to the day `to`: 30 days, 26 weeks or 12 months.
DaySpan usual_span(Day to, Step step);
/// The same span with its first and last week (from Monday) or month whole.
DaySpan whole(DaySpan span);

struct Period {
  std::string label;  ///< "2026-11-30"; of a week, its Monday; of a month, "2026-11"
  WallTime begins{};
  WallTime ends{};  ///< no longer part of it
};

/// The periods of a whole span, oldest first; no more than `most`.
std::vector<Period> periods_of(const DaySpan& span, std::string_view location, std::size_t most);
/// All of the span as one period.
Period all_of(const DaySpan& span, std::string_view location);
/// What the span is compared with: the same number of periods right before it. Of a span that has not ended
/// yet, as much as has passed of it.
Period before(const DaySpan& span, std::string_view location, WallTime now);

}  // namespace picket::business
