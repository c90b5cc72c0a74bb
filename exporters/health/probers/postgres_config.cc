#include <libpq-fe.h>

#include <algorithm>
#include <memory>

#include "base/sql/conninfo.h"
#include "base/text/strings.h"
#include "exporters/health/probers/postgres_prober.h"

namespace picket::health {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

std::string value_of(const Options& options, std::string_view keyword) {
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (keyword == option->keyword && option->val != nullptr) return option->val;
  }
  return "";
}

/// The `i`th of a list with commas; of a list of one, that one.
std::string_view nth(const std::vector<std::string_view>& list, std::size_t i) {
  return list.size() == 1 ? list.front() : i < list.size() ? list[i] : std::string_view();
}

/// "host=a,b port=5432" as libpq reads it; what the DSN leaves out is the environment's (PGHOST, PGPORT).
std::vector<PostgresProbeConfig::Server> servers_of(const Options& dsn, const Options& defaults) {
  const auto either = [&](std::string_view keyword) {
    const std::string given = value_of(dsn, keyword);
    return given.empty() ? value_of(defaults, keyword) : given;
  };
  const std::string address = value_of(dsn, "hostaddr"), port = either("port");
  const std::string host = address.empty() ? either("host") : value_of(dsn, "host");
  const auto hosts = split(host, ','), addresses = split(address, ','), ports = split(port, ',');
  std::vector<PostgresProbeConfig::Server> servers;
  for (std::size_t i = 0; i < std::max(hosts.size(), addresses.size()); ++i) {
    const std::string_view own = i < addresses.size() ? addresses[i] : std::string_view();
    const std::string_view nth_port = nth(ports, i);
    servers.push_back({std::string(i < hosts.size() ? hosts[i] : std::string_view()), std::string(own),
                       nth_port.empty() ? "5432" : std::string(nth_port)});
  }
  return servers;
}

void read_dsn(MapReader& r, PostgresProbeConfig& c) {
  const Options options(PQconninfoParse(c.dsn.reveal().c_str(), nullptr));
  if (!options || !sql::is_conninfo(c.dsn.reveal())) {
    r.problem("dsn", "must be postgresql://user@host/database or keyword=value pairs");
    return;
  }
  if (!value_of(options, "service").empty()) {
    r.problem("dsn", "service is not supported: write host, port, dbname and user");
    return;
  }
  const Options defaults(PQconndefaults());
  c.servers = servers_of(options, defaults);
  c.prefer_standby = value_of(options, "target_session_attrs") == "prefer-standby";
  std::string shown;
  for (const PostgresProbeConfig::Server& server : c.servers) {
    const std::string& name = server.host.empty() ? server.address : server.host;
    shown += fmt::format("{}{}:{}", shown.empty() ? "" : ",", name.empty() ? "local" : name, server.port);
  }
  c.target.address = fmt::format("{}/{}", shown, value_of(options, "dbname"));
}

}  // namespace

void read_yaml(MapReader& r, PostgresProbeConfig& c) {
  r.read_secret("dsn", c.dsn);
  if (c.dsn.empty()) {
    r.problem("", "dsn or dsn_file is required");
  } else {
    read_dsn(r, c);
  }
  r.read("query", c.query);
  r.read("new_connection", c.new_connection);
  r.read("min_value", c.min_value);
  r.read("max_replication_lag", c.max_replication_lag);
  if (r.read("max_connection_ratio", c.max_connection_ratio) &&
      (c.max_connection_ratio <= 0 || c.max_connection_ratio > 1)) {
    r.problem("max_connection_ratio", "must be more than 0 and at most 1");
  }
}

}  // namespace picket::health
