// Connects to PostgreSQL, runs a query, and reads connections, replication and transaction age. Blocks a
// worker, never the loop.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/config/reader.h"
#include "exporters/health/probe/prober.h"

namespace picket::health {

struct PostgresProbeConfig {
  ProbeTarget target;  ///< "host:port/dbname": what of the DSN may be shown
  Secret dsn;
  std::string query = "SELECT 1";
  std::optional<double> min_value;  ///< of the first column of the first row
  std::optional<Duration> max_replication_lag;
  /// Degraded when more than this share of max_connections is in use.
  double max_connection_ratio = 0.9;
};
void read_yaml(MapReader& r, PostgresProbeConfig& c);

class PostgresProber final : public Prober {
 public:
  PostgresProber(std::shared_ptr<const PostgresProbeConfig> config, const ProberServices& services)
      : config_(std::move(config)), services_(services) {}
  void probe(const ProbeTarget& target, Deadline deadline, Done done) override;

 private:
  const std::shared_ptr<const PostgresProbeConfig> config_;
  const ProberServices services_;
};

}  // namespace picket::health
