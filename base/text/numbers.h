// Numbers to text and back, exactly and without a locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket {

/// The whole text must be one decimal number; InvalidInput otherwise (also on overflow).
Result<std::int64_t> parse_int(std::string_view text);
/// Accepts what Prometheus accepts in a sample: decimal, exponent, "NaN", "Inf", "+Inf", "-Inf".
Result<double> parse_double(std::string_view text);

/// Shortest text that reads back to the same double; "NaN", "+Inf", "-Inf". The exposition formats' value
/// syntax.
std::string format_double(double value);
/// The same appended to `out`: the encoders' hot path.
void append_double(std::string& out, double value);

}  // namespace picket
