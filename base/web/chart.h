// Small drawings as SVG within the page: no script, no style attribute, their meaning in words as the title.
// Pure.
#pragma once

#include <span>
#include <string_view>

#include "base/web/parts.h"

namespace picket::web {

/// A line through the values, oldest first, between their least and greatest; NaN leaves a gap.
Html sparkline(std::span<const double> values, std::string_view title);

struct Bar {
  double share = 0;  ///< of the full height: 0 to 1; NaN: nothing is known
  Tone tone = Tone::Neutral;
};
/// Upright bars beside each other, oldest first.
Html bars(std::span<const Bar> values, std::string_view title);

}  // namespace picket::web
