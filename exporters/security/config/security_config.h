// security.yml as a whole. Immutable after loading; swapped whole at reload.
#pragma once

#include <string>
#include <vector>

#include "exporters/security/events/event_limits.h"
#include "exporters/security/posture/scan_config.h"
#include "exporters/security/signals/signals_config.h"
#include "exporters/security/sources/source_config.h"

namespace picket::security {

struct RulesConfig {
  std::vector<std::string> without{};  ///< ids of shipped attack rules that are not asked

  bool operator==(const RulesConfig&) const = default;
};

struct SecurityConfig {
  std::vector<SourceConfig> sources;  ///< names are unique
  std::vector<ScanConfig> scans;      ///< targets are unique
  SignalsConfig signals;
  RulesConfig rules;
  EventLimits events;
};

void read_yaml(MapReader& r, RulesConfig& rules);

/// Reads and checks the file. The error holds every problem. An empty file is valid.
Result<SecurityConfig> load_security_config(const std::string& path, const Files& files);
/// The same on text; `file` is the name in the problems.
Result<SecurityConfig> parse_security_config(std::string_view text, const std::string& file,
                                             const Files& files);

}  // namespace picket::security
