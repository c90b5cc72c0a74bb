#include "exporters/health/probers/target_reading.h"

namespace picket::health {

void read_endpoint(MapReader& r, std::string_view key, ProbeTarget& target) {
  if (!r.require(key, target.address)) return;
  const Result<HostPort> endpoint = HostPort::parse(target.address);
  if (!endpoint) r.problem(key, endpoint.error().message);
}

void read_source(MapReader& r, std::string_view key, std::optional<IpAddress>& source) {
  std::string text;
  if (!r.read(key, text)) return;
  const Result<IpAddress> address = IpAddress::parse(text);
  if (address) {
    source = *address;
  } else {
    r.problem(key, "must be an IP address");
  }
}

IpPreference preference_from(const std::optional<IpAddress>& source, IpPreference otherwise) {
  if (!source) return otherwise;
  return source->family() == IpAddress::Family::V4 ? IpPreference::V4Only : IpPreference::V6Only;
}

}  // namespace picket::health
