// One check as health.yml describes it: what is probed how often, and what its results mean. Immutable after
// loading, shared by the engine's runs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/config/reader.h"
#include "exporters/health/checks/maintenance.h"
#include "exporters/health/probe/prober_registry.h"

namespace picket::health {

enum class Criticality : std::uint8_t { Critical, Important, Minor };
std::string_view to_string(Criticality criticality);

/// When the results of a check flip this often, an improvement is not believed until they calm down.
struct Flapping {
  unsigned changes = 6;  ///< 0: never damped
  Duration within = std::chrono::minutes(30);
};

void read_yaml(MapReader& r, Flapping& f);

/// How results become states.
struct StatePolicy {
  std::optional<Duration> degraded_above, down_above;  ///< a success slower than this
  unsigned failures_before_down = 1;
  unsigned successes_before_up = 1;
  Flapping flapping;
};

/// A service that reports by itself instead of being probed.
struct HeartbeatConfig {
  Duration ttl = std::chrono::minutes(1);  ///< without a report for this long: down
  Secret token;                            ///< empty: the API's token
};

struct CheckConfig {
  std::string name;
  std::string group = "default";
  Criticality criticality = Criticality::Important;
  Duration interval = std::chrono::minutes(5);
  Duration timeout = std::chrono::seconds(5);
  StatePolicy policy;
  std::vector<MaintenanceWindow> maintenance;
  std::string recommendation;                  ///< what a person should look at when it is not operational
  std::shared_ptr<const ProberConfig> prober;  ///< null for a heartbeat
  std::optional<HeartbeatConfig> heartbeat;

  std::string_view kind() const { return prober ? prober->kind() : "heartbeat"; }
  std::string_view target() const { return prober ? std::string_view(prober->target().address) : ""; }
};

/// One element of `checks:`; `probers` is what `prober:` may hold.
CheckConfig read_check(const ValueReader& value, const ProberRegistry& probers);
/// One element of `heartbeats:`.
CheckConfig read_heartbeat(const ValueReader& value);

/// Letters, digits, '_', '-', '.' and ':', at most 128, beginning with a letter or digit: fit for a label
/// and a path. Reports a problem.
void check_name(const ValueReader& value, std::string_view name);

}  // namespace picket::health
