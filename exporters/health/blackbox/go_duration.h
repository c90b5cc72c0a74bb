// Durations as Go's time.ParseDuration reads them, for files of blackbox_exporter: "1.5s", "500ms", "1h30m".
#pragma once

#include <string_view>

#include "base/result/result.h"
#include "base/text/duration.h"

namespace picket::health {

/// Units h, m, s, ms, us, ns, in any order, with fractions. InvalidInput on anything else, and past 290
/// years.
Result<Duration> parse_go_duration(std::string_view text);

}  // namespace picket::health
