// One small API over SQLite (embedded, WAL mode, the default) and PostgreSQL (libpqxx). SQL is the subset
// that both take, with $1, $2 for parameters; stores are written once. Safe from any thread: each call takes
// a connection from a bounded pool (SQLite: one writer). Errors: Unavailable (no connection, disk full,
// read-only), Conflict (unique, foreign key, not null), Timeout (busy), InvalidInput (SQL), Denied, Corrupt.
//
// What both engines take: TEXT, BIGINT, DOUBLE PRECISION; ON CONFLICT DO NOTHING / DO UPDATE; RETURNING
// (through query); CAST($1 AS BIGINT) where a parameter's type cannot be seen from a column beside it.
// A parameter that meets columns of different types is given twice: $1 and $2.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/config/secret.h"
#include "base/result/result.h"
#include "base/sql/value.h"
#include "base/text/duration.h"

namespace picket::sql {

enum class Engine { Sqlite, Postgres };

/// Where a daemon keeps its state.
struct Dsn {
  Engine engine = Engine::Sqlite;
  std::string sqlite_path;  ///< a file, or ":memory:"
  Secret postgres;          ///< postgresql://user:password@host/db, or keyword=value
  std::size_t connections = 4;
  Duration busy_timeout = std::chrono::seconds(5);        ///< for a free connection or SQLite's write lock
  Duration connect_timeout = std::chrono::seconds(5);     ///< PostgreSQL
  Duration statement_timeout = std::chrono::seconds(30);  ///< PostgreSQL
  Duration read_timeout{};  ///< SQLite: of a query that only reads, outside transactions; zero: none

  /// "postgresql://..." and "postgres://...", "sqlite:PATH", or a path.
  static Result<Dsn> parse(std::string_view text);
};

struct Migration {
  int number = 0;         ///< 1, 2, 3, ... without holes
  std::string_view name;  ///< "create_outbox"
  /// Statements with ';' between them. @serial_key@ stands for the type of a primary key that numbers itself:
  /// "id @serial_key@, ..."; read the number with INSERT ... RETURNING id.
  std::string_view sql;
};

/// What a statement can be run on: the database itself (each call its own transaction) or an open
/// transaction.
class Session {
 public:
  virtual ~Session() = default;
  virtual Result<Rows> query(std::string_view sql, const Params& params = {}) = 0;
  /// Rows changed: compare-and-set reads it.
  virtual Result<std::int64_t> execute(std::string_view sql, const Params& params = {}) = 0;
};

/// Where rows go. Names are written into the statement as they are: never what a user or a peer says.
struct TableColumns {
  std::string table;
  std::vector<std::string> columns;
};

class Database : public Session {
 public:
  /// Opens and checks; SQLite files are created with mode 0600.
  static Result<std::unique_ptr<Database>> open(const Dsn& dsn);

  virtual Engine engine() const = 0;
  /// Runs `work` in one serializable transaction: committed when it answers well, rolled back otherwise. A
  /// statement that fails dooms the transaction (the later ones answer its error), on both engines.
  /// Serialization failures and deadlocks are retried up to 5 times, so `work` must have no effect but on its
  /// Session, and must not call the Database itself. Durable when it returns (synchronous=FULL).
  virtual Result<void> transaction(const std::function<Result<void>(Session&)>& work) = 0;
  /// Appends many rows at once, each with a value a column, in one transaction: COPY for PostgreSQL, one
  /// prepared INSERT for SQLite. All of them or none; constraints are checked.
  virtual Result<void> append(const TableColumns& into, std::span<const Params> rows) = 0;
  /// Runs what has not run yet, under a lock, recorded in schema_migrations(component, number). Corrupt when
  /// the database is newer.
  virtual Result<void> migrate(std::string_view component, std::span<const Migration> migrations) = 0;
};

}  // namespace picket::sql
