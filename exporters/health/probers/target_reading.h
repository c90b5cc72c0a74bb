// Reading of what most probers have: a `target: host:port`, a local address.
#pragma once

#include <optional>
#include <string_view>

#include "base/config/reader.h"
#include "exporters/health/probe/prober.h"

namespace picket::health {

/// Required, checked to be host:port.
void read_endpoint(MapReader& r, std::string_view key, ProbeTarget& target);
/// A local address to connect from.
void read_source(MapReader& r, std::string_view key, std::optional<IpAddress>& source);
/// Only addresses of the source's family can be reached from it.
IpPreference preference_from(const std::optional<IpAddress>& source, IpPreference otherwise);

}  // namespace picket::health
