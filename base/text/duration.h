// Durations as Prometheus writes them: "1h30m", "15s", "250ms", "5d". Units y w d h m s ms, each at most
// once, in that order.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket {

using Duration = std::chrono::nanoseconds;

/// Source: prometheus/common model.ParseDuration. "0" is allowed. InvalidInput on anything else, or past 290
/// years.
Result<Duration> parse_duration(std::string_view text);

/// Round trip of parse_duration ("1h30m"); under a millisecond the remainder is dropped. Zero is "0s".
std::string format_duration(Duration duration);

/// Whole seconds and the rest are converted apart: moments of these years keep their precision.
constexpr double seconds(Duration duration) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(duration);
  return static_cast<double>(whole.count()) + static_cast<double>((duration - whole).count()) / 1e9;
}
/// Rounds to nanoseconds and clamps to the representable range; NaN is zero.
Duration from_seconds(double seconds);

}  // namespace picket
