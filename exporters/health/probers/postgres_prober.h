// Runs a query on PostgreSQL and, apart from what is judged, reads connections, replication and transaction
// age. libpq is driven by an event loop of its own and never waits; a connection is kept between two probes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/config/reader.h"
#include "exporters/health/probe/prober.h"

namespace picket::health {

struct PostgresProbeConfig {
  ProbeTarget target;  ///< "host:port/dbname": what of the DSN may be shown
  Secret dsn;
  std::string query = "SELECT 1";
  /// Connects anew for each probe; the time counts. Else a connection serves the probes of a minute, and the
  /// query alone counts.
  bool new_connection = false;
  std::optional<double> min_value;  ///< of the first column of the first row
  std::optional<Duration> max_replication_lag;
  /// Degraded when more than this share of max_connections is in use.
  double max_connection_ratio = 0.9;

  /// The servers of the DSN, in the order to try.
  struct Server {
    std::string host;     ///< a name, an address, the folder of a socket, or ""
    std::string address;  ///< libpq's hostaddr: to be used instead of looking up `host`, or ""
    std::string port;
    /// A Unix socket: nothing to look up.
    bool is_local() const { return address.empty() && (host.empty() || host[0] == '/' || host[0] == '@'); }
  };
  std::vector<Server> servers;
  /// target_session_attrs=prefer-standby: libpq asks all servers twice.
  bool prefer_standby = false;
};
void read_yaml(MapReader& r, PostgresProbeConfig& c);

/// A connection between two probes.
class KeptConnection;

class PostgresProber final : public Prober {
 public:
  PostgresProber(std::shared_ptr<const PostgresProbeConfig> config, const ProberServices& services);
  void probe(const ProbeTarget& target, Deadline deadline, Done done) override;

 private:
  const std::shared_ptr<const PostgresProbeConfig> config_;
  const ProberServices services_;
  const std::shared_ptr<KeptConnection> kept_;
};

}  // namespace picket::health
