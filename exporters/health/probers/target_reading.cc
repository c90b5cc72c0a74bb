#include "exporters/health/probers/target_reading.h"

namespace picket::health {

void read_endpoint(MapReader& r, std::string_view key, ProbeTarget& target) {
  if (!r.require(key, target.address)) return;
  const Result<HostPort> endpoint = HostPort::parse(target.address);
  if (!endpoint) r.problem(key, endpoint.error().message);
}

}  // namespace picket::health
