// One connection to a SQLite file, with its prepared statements. Used by one thread at a time
// (sqlite_database sees to that).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/sql/database.h"
#include "base/time/clock.h"

struct sqlite3;
struct sqlite3_stmt;

namespace picket::sql {

class SqliteConnection final : public Session {
 public:
  enum class Use { Write, Read };

  /// `path` exists (or is ":memory:").
  static Result<std::unique_ptr<SqliteConnection>> open(const std::string& path, Use use,
                                                        Duration busy_timeout);
  ~SqliteConnection() override;
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  /// From now on a query that takes longer is interrupted: Timeout.
  void limit_queries(Duration longest);

  Result<Rows> query(std::string_view sql, const Params& params = {}) override;
  Result<std::int64_t> execute(std::string_view sql, const Params& params = {}) override;
  /// Statements with ';' between them, without parameters.
  Result<void> run_script(const std::string& sql);
  /// In the transaction that is open.
  Result<void> append(const TableColumns& into, std::span<const Params> rows);
  /// Whether a statement changes nothing, so that any connection may run it.
  Result<bool> only_reads(std::string_view sql);
  bool in_transaction() const;

 private:
  struct CloseDatabase {
    void operator()(sqlite3* database) const;
  };
  struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

  explicit SqliteConnection(sqlite3* database) : database_(database) {}
  Error last_error() const;
  Result<sqlite3_stmt*> prepared(std::string_view sql);
  Result<sqlite3_stmt*> bound(std::string_view sql, const Params& params);
  static int is_over(void* self);

  const SystemClock clock_;
  std::optional<Duration> longest_;
  Deadline deadline_;  ///< of the query under way
  std::unique_ptr<sqlite3, CloseDatabase> database_;
  std::unordered_map<std::string, Statement> statements_;  // goes before the database
};

}  // namespace picket::sql
