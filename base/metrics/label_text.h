// Text as the exposition formats want it inside label values and HELP: escaped, valid UTF-8, no NUL (a NUL
// ends the scrape for Prometheus' scanner). The careful way; Line has the quick one.
#pragma once

#include <string>
#include <string_view>

#include "base/metrics/exposition.h"

namespace picket {

/// Appends a label value without its quotes. False when it had to be repaired.
bool append_label_value(std::string& out, std::string_view value);
/// Appends a help text; OpenMetrics escapes quotes in it too.
void append_help(std::string& out, std::string_view help, ExpositionFormat format);
/// A bucket's bound in canonical form, the same in both formats: "0.005", "1.0", "1e+06", "+Inf".
/// Source: OpenMetrics 1.0, "Canonical Numbers".
std::string bound_text(double bound);
/// Code points of valid UTF-8 text.
std::size_t count_characters(std::string_view text);

}  // namespace picket
