// PostgreSQL behind a pool of connections that are made again after the server came back. Safe from any
// thread.
#pragma once

#include "base/sql/connection_pool.h"
#include "base/sql/postgres_connection.h"

namespace picket::sql {

class PostgresDatabase final : public Database {
 public:
  static Result<std::unique_ptr<Database>> open(const Dsn& dsn);

  Engine engine() const override { return Engine::Postgres; }
  Result<Rows> query(std::string_view sql, const Params& params) override;
  Result<std::int64_t> execute(std::string_view sql, const Params& params) override;
  Result<void> transaction(const std::function<Result<void>(Session&)>& work) override;
  Result<void> append(const TableColumns& into, std::span<const Params> rows) override;
  Result<void> migrate(std::string_view component, std::span<const Migration> migrations) override;

 private:
  using Pool = ConnectionPool<PostgresConnection>;

  explicit PostgresDatabase(const Dsn& dsn);
  Result<Pool::Lease> lease();
  /// Runs `work` on a connection, again while it lost against another transaction.
  Result<void> with_retries(const std::function<Result<void>(PostgresConnection&)>& work);
  Result<void> once(const std::function<Result<void>(PostgresConnection&)>& work, bool& again);

  const PostgresConnection::Settings settings_;
  const Duration patience_;
  Watchdog watchdog_;  // outlives the connections
  Pool pool_;
};

}  // namespace picket::sql
