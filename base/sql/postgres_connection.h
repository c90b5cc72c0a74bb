// One connection to PostgreSQL, with its prepared statements. libpqxx stays inside its .cc. Used by one
// thread at a time (postgres_database sees to that).
#pragma once

#include <memory>

#include "base/sql/conninfo.h"
#include "base/sql/database.h"
#include "base/sql/watchdog.h"

namespace picket::sql {

class PostgresConnection final : public Session {
 public:
  struct Settings {
    Conninfo conninfo;
    Duration statement_timeout{};
  };

  /// `watchdog` cuts the connection when the server is silent for long after a statement's timeout; it
  /// outlives the connection.
  static Result<std::unique_ptr<PostgresConnection>> connect(const Settings& settings, Watchdog& watchdog);
  ~PostgresConnection() override;
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  Result<Rows> query(std::string_view sql, const Params& params = {}) override;
  Result<std::int64_t> execute(std::string_view sql, const Params& params = {}) override;

  using Work = std::function<Result<void>(Session&)>;
  /// One serializable transaction, one attempt.
  Result<void> transaction(const Work& work);
  /// COPY in a transaction of its own.
  Result<void> append(const TableColumns& into, std::span<const Params> rows);
  /// For migrations: read committed and without a timeout; `run_script` takes several statements.
  using RunScript = std::function<Result<void>(const std::string& sql)>;
  using ExclusiveWork = std::function<Result<void>(Session&, const RunScript& run_script)>;
  Result<void> exclusive_transaction(const ExclusiveWork& work);

  /// False when the server has gone (also while nobody used the connection).
  bool usable() const;
  /// Whether the last failure was a serialization failure or a deadlock: the same again may well succeed.
  bool worth_retrying() const;

 private:
  class Link;
  class TransactionSession;
  explicit PostgresConnection(std::unique_ptr<Link> link);

  std::unique_ptr<Link> link_;
};

}  // namespace picket::sql
