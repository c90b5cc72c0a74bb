// How many events are kept, and for how long.
#pragma once

#include <cstddef>

#include "base/config/reader.h"

namespace picket::security {

struct EventLimits {
  std::size_t max = 1'000'000;
  Duration retention = std::chrono::hours(24 * 30);
};
/// max, retention
void read_yaml(MapReader& r, EventLimits& c);

}  // namespace picket::security
