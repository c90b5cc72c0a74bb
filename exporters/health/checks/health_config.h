// health.yml as a whole. Immutable after loading; swapped whole at reload.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/net/address_policy.h"
#include "exporters/health/checks/check_config.h"

namespace picket::health {

struct GroupConfig {
  std::string name;
  std::string title;  ///< for people; default: the name
};

/// Probes as an SLI: good are those that succeeded (and, with `count_slow`, fast enough).
struct SloConfig {
  std::string name;
  double objective = 0.999;  ///< share of good probes, 0 to 1
  Duration window = std::chrono::hours(24 * 30);
  std::vector<std::string> checks;
  bool count_slow = false;
};

struct HealthConfig {
  std::vector<std::shared_ptr<const CheckConfig>> checks;  ///< probed ones, then heartbeats; names are unique
  std::vector<GroupConfig> groups;  ///< every group that a check is in, and the declared
  AddressPolicy target_policy;
  std::vector<std::string> business_checks;  ///< empty: the critical ones
  std::vector<SloConfig> slos;
  Secret api_token;  ///< empty: nothing can be written through the API
  Duration history_retention = std::chrono::hours(24 * 90);
  Duration events_retention = std::chrono::hours(24 * 90);
  std::size_t events_max = 10'000;
  std::size_t concurrency = 1000;  ///< probes under way at once
  std::string probe_modules_file;  ///< a blackbox.yml for /probe; "": the built-in modules
};

/// Reads and checks the file. The error holds every problem.
Result<HealthConfig> load_health_config(const std::string& path, const Files& files,
                                        const ProberRegistry& probers);
/// The same on text; `file` is the name in the problems.
Result<HealthConfig> parse_health_config(std::string_view text, const std::string& file, const Files& files,
                                         const ProberRegistry& probers);

}  // namespace picket::health
