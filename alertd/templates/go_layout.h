// The parts of a Go time layout: "15:04 MST" is Hour24, ":", Minute, " ", ZoneName.
#pragma once

#include <cstddef>
#include <string_view>

namespace picket::alertd {

enum class LayoutPart {
  Literal,
  LongMonth,
  ShortMonth,
  Month,
  Month2,
  LongWeekday,
  ShortWeekday,
  Day,
  DaySpace,
  Day2,
  YearDaySpace,
  YearDay3,
  Hour24,
  Hour12,
  Hour12Zero,
  Minute,
  Minute2,
  Second,
  Second2,
  Year,
  Year2,
  UpperPm,
  LowerPm,
  ZoneName,
  Offset,       ///< -0700
  OffsetHours,  ///< -07
  OffsetColon,  ///< -07:00
  IsoOffset,    ///< Z0700
  IsoOffsetHours,
  IsoOffsetColon,
  FractionFixed,    ///< .000
  FractionTrimmed,  ///< .999
};

struct LayoutToken {
  LayoutPart part = LayoutPart::Literal;
  std::string_view text;  ///< as the layout has it
};

/// The part that `layout` (not empty) starts with. Literals come a character at a time.
LayoutToken next_layout_token(std::string_view layout);

}  // namespace picket::alertd
