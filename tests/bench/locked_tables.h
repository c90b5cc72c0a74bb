// Many queries over one PostgreSQL where another session holds a lock on a table that some of them read:
// business_exporter beside Debian's two, all at the same time, each with a role of its own. Counted at the
// server: sessions in pg_stat_activity, and in its log when each query that reads no locked table began.
#pragma once

#include "tests/bench/dead_targets.h"
#include "tests/bench/sql_exporters.h"
#include "tests/support/postgres_server.h"

namespace picket::bench {

struct LockedFigures {
  int sessions = 0;               ///< at most
  std::size_t runs = 0, due = 0;  ///< of the queries that read no locked table, while it was locked
  double pause_seconds = 0;       ///< the longest in which one of them did not begin
  double scrape_seconds = 0;      ///< the slowest that was answered
  int scrapes = 0, unanswered = 0;
  Lateness late;  ///< of those that are due each interval
};

struct Contestant {
  std::string role;  ///< of PostgreSQL
  SqlProgram program = SqlProgram::Picket;
  bool job_each = false;
};

/// One entry for each contestant. Takes `kWarmUp` and `kLocked`.
class LockedTables {
 public:
  static constexpr int kQueries = 200, kLockedQueries = 20;
  static constexpr std::chrono::seconds kInterval{30}, kWarmUp{35}, kLocked{90};

  explicit LockedTables(std::vector<Contestant> contestants);
  std::vector<LockedFigures> measure();

 private:
  struct Running;

  void prepare() const;
  void count_sessions();
  void read_begins(double started, double locked_at);

  const std::vector<Contestant> contestants_;
  const test::PostgresServer server_{{.max_connections = 300}};
  std::vector<LockedFigures> figures_;
};

/// Lets the time pass.
void pass(std::chrono::milliseconds time);

}  // namespace picket::bench
