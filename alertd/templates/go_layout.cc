#include "alertd/templates/go_layout.h"

#include <algorithm>
#include <array>

namespace picket::alertd {

namespace {

struct Word {
  std::string_view text;
  LayoutPart part;
};

/// Longer words before their beginnings.
constexpr std::array kWords = {
    Word{"January", LayoutPart::LongMonth},
    Word{"Jan", LayoutPart::ShortMonth},
    Word{"Monday", LayoutPart::LongWeekday},
    Word{"Mon", LayoutPart::ShortWeekday},
    Word{"MST", LayoutPart::ZoneName},
    Word{"002", LayoutPart::YearDay3},
    Word{"01", LayoutPart::Month2},
    Word{"02", LayoutPart::Day2},
    Word{"03", LayoutPart::Hour12Zero},
    Word{"04", LayoutPart::Minute2},
    Word{"05", LayoutPart::Second2},
    Word{"06", LayoutPart::Year2},
    Word{"15", LayoutPart::Hour24},
    Word{"1", LayoutPart::Month},
    Word{"2006", LayoutPart::Year},
    Word{"2", LayoutPart::Day},
    Word{"__2", LayoutPart::YearDaySpace},
    Word{"_2", LayoutPart::DaySpace},
    Word{"3", LayoutPart::Hour12},
    Word{"4", LayoutPart::Minute},
    Word{"5", LayoutPart::Second},
    Word{"PM", LayoutPart::UpperPm},
    Word{"pm", LayoutPart::LowerPm},
    Word{"-07:00", LayoutPart::OffsetColon},
    Word{"-0700", LayoutPart::Offset},
    Word{"-07", LayoutPart::OffsetHours},
    Word{"Z07:00", LayoutPart::IsoOffsetColon},
    Word{"Z0700", LayoutPart::IsoOffset},
    Word{"Z07", LayoutPart::IsoOffsetHours},
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// ".000" and ",999", when no digit follows.
std::size_t fraction_length(std::string_view layout) {
  if (layout.size() < 2 || (layout[0] != '.' && layout[0] != ',')) return 0;
  if (layout[1] != '0' && layout[1] != '9') return 0;
  std::size_t end = 1;
  while (end < layout.size() && layout[end] == layout[1]) ++end;
  return end < layout.size() && is_digit(layout[end]) ? 0 : end;
}

}  // namespace

LayoutToken next_layout_token(std::string_view layout) {
  // "_2006" is an underscore and the year, not a padded day.
  if (layout.starts_with("_2006")) return {LayoutPart::Literal, layout.substr(0, 1)};
  if (const std::size_t length = fraction_length(layout)) {
    return {layout[1] == '0' ? LayoutPart::FractionFixed : LayoutPart::FractionTrimmed,
            layout.substr(0, length)};
  }
  const auto* const word =
      std::find_if(kWords.begin(), kWords.end(), [&](const Word& w) { return layout.starts_with(w.text); });
  if (word == kWords.end()) return {LayoutPart::Literal, layout.substr(0, 1)};
  return {word->part, layout.substr(0, word->text.size())};
}

}  // namespace picket::alertd
