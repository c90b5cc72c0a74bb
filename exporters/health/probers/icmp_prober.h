// Sends echo requests and counts the replies: loss and round-trip times. Source: RFC 792, RFC 4443.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/config/reader.h"
#include "exporters/health/probe/prober.h"

namespace picket::health {

struct IcmpProbeConfig {
  ProbeTarget target;
  unsigned packets = 3;
  Duration spacing = std::chrono::milliseconds(200);
  std::size_t payload_bytes = 56;
  int hop_limit = 0;  ///< 0: the system's
  /// Fewer replies than this fail; all must come for "operational".
  unsigned min_replies = 1;
  IpPreference preference = IpPreference::Any;
  std::optional<IpAddress> source;  ///< local address to send from
};
void read_yaml(MapReader& r, IcmpProbeConfig& c);

class IcmpProber final : public Prober {
 public:
  IcmpProber(std::shared_ptr<const IcmpProbeConfig> config, const ProberServices& services)
      : config_(std::move(config)), services_(services) {}
  void probe(const ProbeTarget& target, Deadline deadline, Done done) override;

 private:
  const std::shared_ptr<const IcmpProbeConfig> config_;
  const ProberServices services_;
};

}  // namespace picket::health
