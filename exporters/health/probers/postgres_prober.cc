#include "exporters/health/probers/postgres_prober.h"

#include <libpq-fe.h>

#include "base/sql/database.h"
#include "base/text/numbers.h"
#include "exporters/health/probers/once.h"

namespace picket::health {
namespace {

constexpr std::string_view kStatistics =
    "SELECT (SELECT setting::bigint FROM pg_settings WHERE name = 'max_connections'), "
    "pg_is_in_recovery()::int, "
    "CASE WHEN pg_is_in_recovery() THEN COALESCE(EXTRACT(EPOCH FROM now() - "
    "pg_last_xact_replay_timestamp()), 0) END, "
    "(SELECT EXTRACT(EPOCH FROM now() - min(xact_start)) FROM pg_stat_activity WHERE state <> 'idle' AND pid "
    "<> pg_backend_pid()), "
    "(SELECT max(age(datfrozenxid)) FROM pg_database)";
constexpr std::string_view kConnections =
    "SELECT COALESCE(state, 'other'), count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' "
    "GROUP BY 1 ORDER BY 1";

struct ConnectionOptions {
  PQconninfoOption* options;
  explicit ConnectionOptions(const std::string& dsn) : options(PQconninfoParse(dsn.c_str(), nullptr)) {}
  ~ConnectionOptions() { PQconninfoFree(options); }
  ConnectionOptions(const ConnectionOptions&) = delete;
  ConnectionOptions& operator=(const ConnectionOptions&) = delete;

  std::string get(std::string_view keyword, std::string_view otherwise) const {
    for (const PQconninfoOption* option = options; option != nullptr && option->keyword != nullptr;
         ++option) {
      if (keyword == option->keyword && option->val != nullptr && *option->val != '\0') return option->val;
    }
    return std::string(otherwise);
  }
};

FailureReason reason_of_sql(const Error& error, FailureReason otherwise) {
  switch (error.kind) {
    case ErrorKind::Denied:
      return FailureReason::Auth;
    case ErrorKind::Timeout:
      return FailureReason::Timeout;
    case ErrorKind::Unavailable:
      return FailureReason::Connect;
    default:
      return otherwise;
  }
}

std::uint64_t to_count(std::int64_t value) {
  return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

PostgresFacts read_facts(sql::Database& database) {
  PostgresFacts facts;
  const Result<sql::Rows> connections = database.query(kConnections);
  if (connections) {
    for (std::size_t i = 0; i < connections->size(); ++i) {
      facts.connections.emplace_back((*connections)[i].text(0), to_count((*connections)[i].integer(1)));
    }
  }
  const Result<sql::Rows> statistics = database.query(kStatistics);
  if (!statistics || statistics->empty()) return facts;
  const sql::Row row = (*statistics)[0];
  facts.max_connections = to_count(row.integer(0));
  facts.in_recovery = row.integer(1) != 0;
  if (!row.is_null(2)) facts.replication_lag_seconds = row.real(2);
  if (!row.is_null(3)) facts.oldest_transaction_age_seconds = row.real(3);
  if (!row.is_null(4)) facts.transaction_id_age = to_count(row.integer(4));
  return facts;
}

void judge(const PostgresProbeConfig& config, const PostgresFacts& facts, ProbeResult& result) {
  if (config.max_replication_lag &&
      facts.replication_lag_seconds.value_or(0) > seconds(*config.max_replication_lag)) {
    result.degraded = true;
    result.detail = fmt::format("replication lags {:.0f} s behind", *facts.replication_lag_seconds);
  }
  std::uint64_t used = 0;
  for (const auto& [state, count] : facts.connections) used += count;
  const double most = static_cast<double>(facts.max_connections.value_or(0)) * config.max_connection_ratio;
  if (facts.max_connections && static_cast<double>(used) > most) {
    result.degraded = true;
    result.detail = fmt::format("{} of {} connections are in use", used, *facts.max_connections);
  }
}

ProbeResult run(const PostgresProbeConfig& config, const Clock& clock, Deadline deadline) {
  ProbeResult result;
  sql::Dsn dsn;
  dsn.engine = sql::Engine::Postgres;
  dsn.postgres = config.dsn;
  dsn.connections = 1;
  dsn.connect_timeout = dsn.statement_timeout = dsn.busy_timeout = deadline.remaining(clock);
  const MonoTime start = clock.mono();
  const Result<std::unique_ptr<sql::Database>> database = sql::Database::open(dsn);
  if (!database) {
    result.fail_with(reason_of_sql(database.error(), FailureReason::Connect), database.error().message);
    return result;
  }
  const MonoTime connected = clock.mono();
  result.set_phase(Phase::Connect, connected - start);
  const Result<sql::Rows> rows = (*database)->query(config.query);
  result.set_phase(Phase::Request, clock.mono() - connected);
  if (!rows) {
    result.fail_with(reason_of_sql(rows.error(), FailureReason::Content), rows.error().message);
    return result;
  }
  if (config.min_value && (rows->empty() || (*rows)[0].real(0) < *config.min_value)) {
    const std::string value = rows->empty() ? "nothing" : (*rows)[0].text(0);
    result.fail_with(FailureReason::Content, fmt::format("the query gave {}, want at least {}", value,
                                                         format_double(*config.min_value)));
    return result;
  }
  PostgresFacts facts = read_facts(**database);
  judge(config, facts, result);
  result.facts = std::move(facts);
  result.success = true;
  return result;
}

}  // namespace

void read_yaml(MapReader& r, PostgresProbeConfig& c) {
  r.read_secret("dsn", c.dsn);
  if (c.dsn.empty()) {
    r.problem("", "dsn or dsn_file is required");
  } else {
    const ConnectionOptions options(c.dsn.reveal());
    if (options.options == nullptr)
      r.problem("dsn", "must be postgresql://user@host/database or keyword=value pairs");
    c.target.address = fmt::format("{}:{}/{}", options.get("host", "local"), options.get("port", "5432"),
                                   options.get("dbname", ""));
  }
  r.read("query", c.query);
  r.read("min_value", c.min_value);
  r.read("max_replication_lag", c.max_replication_lag);
  if (r.read("max_connection_ratio", c.max_connection_ratio) &&
      (c.max_connection_ratio <= 0 || c.max_connection_ratio > 1)) {
    r.problem("max_connection_ratio", "must be more than 0 and at most 1");
  }
}

void PostgresProber::probe(const ProbeTarget& /*target*/, Deadline deadline, Done done) {
  const auto once = std::make_shared<Once>(services_, deadline, std::move(done));
  ProbeResult late;
  late.fail_with(FailureReason::Timeout, "no answer in time");
  run_blocking(
      services_, once,
      [config = config_, &clock = services_.clock(), deadline] { return run(*config, clock, deadline); },
      std::move(late));
}

}  // namespace picket::health
