// Looks at this machine: CPU time, load, memory, swap, pressure stall information. Source: proc(5), Linux
// PSI.
#pragma once

#include <memory>
#include <string>

#include "base/config/reader.h"
#include "exporters/health/probe/prober.h"

namespace picket::health {

struct SystemProbeConfig {
  ProbeTarget target;
  double min_memory_ratio = 0.05;  ///< available of installed; below it is degraded
  double max_load_per_cpu = 0;     ///< 1 minute load by CPU; above it is degraded; 0: not looked at
  std::string proc = "/proc";      ///< for containers that see the host's elsewhere
};
void read_yaml(MapReader& r, SystemProbeConfig& c);

class SystemProber final : public Prober {
 public:
  SystemProber(std::shared_ptr<const SystemProbeConfig> config, const ProberServices& services)
      : config_(std::move(config)), services_(services) {}
  void probe(const ProbeTarget& target, Deadline deadline, Done done) override;

 private:
  const std::shared_ptr<const SystemProbeConfig> config_;
  const ProberServices services_;
};

// Parsers of the files' texts; what is missing stays as it was.
void parse_stat(std::string_view text, SystemFacts& facts);
void parse_meminfo(std::string_view text, SystemFacts& facts);
void parse_loadavg(std::string_view text, SystemFacts& facts);
void parse_pressure(std::string_view resource, std::string_view text, SystemFacts& facts);

}  // namespace picket::health
