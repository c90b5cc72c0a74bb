// A SQLite file: one connection that writes, several that read beside it (WAL mode). Safe from any thread.
#pragma once

#include <atomic>
#include <thread>

#include "base/sql/connection_pool.h"
#include "base/sql/sqlite_connection.h"

namespace picket::sql {

class SqliteDatabase final : public Database {
 public:
  /// Looks the file over (quick_check, unless it is very large).
  static Result<std::unique_ptr<Database>> open(const Dsn& dsn);

  Engine engine() const override { return Engine::Sqlite; }
  Result<Rows> query(std::string_view sql, const Params& params) override;
  Result<std::int64_t> execute(std::string_view sql, const Params& params) override;
  Result<void> transaction(const std::function<Result<void>(Session&)>& work) override;
  Result<void> append(const TableColumns& into, std::span<const Params> rows) override;
  Result<void> migrate(std::string_view component, std::span<const Migration> migrations) override;

 private:
  using Pool = ConnectionPool<SqliteConnection>;
  using OnWriter = std::function<Result<void>(SqliteConnection&)>;

  explicit SqliteDatabase(const Dsn& dsn);
  Result<Pool::Lease> lease(Pool& pool, SqliteConnection::Use use);
  Result<void> on_writer(const OnWriter& work);
  Result<void> in_transaction(const OnWriter& work);

  const std::string path_;
  const Duration busy_timeout_, read_timeout_;
  const bool only_writer_;  // every connection to ":memory:" is a database of its own
  Pool writer_{1};
  Pool readers_;
  std::atomic<std::thread::id> writing_;
};

}  // namespace picket::sql
