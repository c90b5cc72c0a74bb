// Reading of what most probers have: a `target: host:port`.
#pragma once

#include "base/config/reader.h"
#include "exporters/health/probe/prober.h"

namespace picket::health {

/// Required, checked to be host:port.
void read_endpoint(MapReader& r, std::string_view key, ProbeTarget& target);

}  // namespace picket::health
