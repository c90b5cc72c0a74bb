#include "base/sql/sqlite_connection.h"

#include <sqlite3.h>

#include "base/sql/sqlite_errors.h"
#include "base/sql/sqlite_values.h"
#include "base/text/strings.h"

namespace picket::sql {
namespace {

// More different statements than any store has; when it is reached the cache starts afresh.
constexpr std::size_t kStatementsMax = 256;

// Rewinds a statement and forgets its parameters when the call that used it ends.
class Rewind {
 public:
  explicit Rewind(sqlite3_stmt* statement) : statement_(statement) {}
  ~Rewind() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Rewind(const Rewind&) = delete;
  Rewind& operator=(const Rewind&) = delete;

 private:
  sqlite3_stmt* statement_;
};

int bind(sqlite3_stmt* statement, int index, const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value))
    return sqlite3_bind_int64(statement, index, *integer);
  if (const auto* real = std::get_if<double>(&value)) return sqlite3_bind_double(statement, index, *real);
  if (const auto* text = std::get_if<std::string>(&value)) {
    // The parameters outlive the statement's run, so SQLite need not copy them.
    return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  return sqlite3_bind_null(statement, index);
}

}  // namespace

void SqliteConnection::CloseDatabase::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

void SqliteConnection::FinalizeStatement::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

SqliteConnection::~SqliteConnection() {
  statements_.clear();
}

Error SqliteConnection::last_error() const {
  const int code = sqlite3_extended_errcode(database_.get());
  return {sqlite_error_kind(code), sqlite3_errmsg(database_.get())};
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::string& path, Use use,
                                                                 Duration busy_timeout) {
  sqlite3* database = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(database));
  if (code != SQLITE_OK) return fail(sqlite_error_kind(code), sqlite3_errstr(code));
  sqlite3_busy_timeout(database,
                       static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(busy_timeout).count()));
  std::string settings =
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA "
      "journal_size_limit=67108864; "
      "PRAGMA trusted_schema=OFF;";
  if (use == Use::Read) settings += " PRAGMA query_only=ON;";
  if (const auto set = connection->run_script(settings); !set) return fail(set);
  return connection;
}

bool SqliteConnection::in_transaction() const {
  return sqlite3_get_autocommit(database_.get()) == 0;
}

Result<sqlite3_stmt*> SqliteConnection::prepared(std::string_view sql) {
  std::string key(sql);
  if (const auto found = statements_.find(key); found != statements_.end()) return found->second.get();
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), key.c_str(), static_cast<int>(key.size()) + 1,
                                      SQLITE_PREPARE_PERSISTENT, &statement, &rest);
  Statement owned(statement);
  if (code != SQLITE_OK) return fail(last_error());
  if (statement == nullptr || !trim(rest).empty())
    return fail(ErrorKind::InvalidInput, "not one SQL statement");
  if (statements_.size() >= kStatementsMax) statements_.clear();
  statements_.emplace(std::move(key), std::move(owned));
  return statement;
}

Result<sqlite3_stmt*> SqliteConnection::bound(std::string_view sql, const Params& params) {
  auto statement = prepared(sql);
  if (!statement) return statement;
  const auto expected = static_cast<std::size_t>(sqlite3_bind_parameter_count(*statement));
  if (expected != params.size()) {
    return fail(ErrorKind::InvalidInput,
                fmt::format("{} parameters given, the statement has {}", params.size(), expected));
  }
  for (std::size_t number = 1; number <= params.size(); ++number) {
    const int index = sqlite3_bind_parameter_index(*statement, fmt::format("${}", number).c_str());
    if (index == 0) return fail(ErrorKind::InvalidInput, fmt::format("the statement has no ${}", number));
    if (bind(*statement, index, params[number - 1]) != SQLITE_OK) return fail(last_error());
  }
  return statement;
}

int SqliteConnection::is_over(void* self) {
  const auto& connection = *static_cast<const SqliteConnection*>(self);
  return connection.deadline_.passed(connection.clock_) ? 1 : 0;
}

void SqliteConnection::limit_queries(Duration longest) {
  longest_ = longest;
  sqlite3_progress_handler(database_.get(), kClockInstructions, is_over, this);
}

Result<Rows> SqliteConnection::query(std::string_view sql, const Params& params) {
  const auto statement = bound(sql, params);
  if (!statement) return fail(statement);
  const Rewind rewind(*statement);
  Rows rows;
  if (longest_) deadline_ = Deadline::after(clock_, *longest_);
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(*statement)) == SQLITE_ROW) rows.values.push_back(row_of(*statement));
  deadline_ = {};
  if ((code & 0xff) == SQLITE_INTERRUPT) return fail(ErrorKind::Timeout, "the query took too long");
  if (code != SQLITE_DONE) return fail(last_error());
  rows.columns = columns_of(*statement);
  return rows;
}

Result<std::int64_t> SqliteConnection::execute(std::string_view sql, const Params& params) {
  const auto statement = bound(sql, params);
  if (!statement) return fail(statement);
  const Rewind rewind(*statement);
  const std::int64_t before = sqlite3_total_changes64(database_.get());
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(*statement);
  if (code != SQLITE_DONE) return fail(last_error());
  // A statement that changes no row leaves the count of the one before.
  return sqlite3_total_changes64(database_.get()) == before ? 0 : sqlite3_changes64(database_.get());
}

Result<void> SqliteConnection::run_script(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return fail(last_error());
  return {};
}

Result<void> SqliteConnection::append(const TableColumns& into, std::span<const Params> rows) {
  std::string marks = "?";
  for (std::size_t column = 1; column < into.columns.size(); ++column) marks += ", ?";
  const auto statement =
      prepared(fmt::format("INSERT INTO {} ({}) VALUES ({})", into.table, join(into.columns, ", "), marks));
  if (!statement) return fail(statement);
  for (const Params& row : rows) {
    check(row.size() == into.columns.size(), "a row has a value for each column");
    const Rewind rewind(*statement);
    for (std::size_t column = 0; column < row.size(); ++column) {
      if (bind(*statement, static_cast<int>(column) + 1, row[column]) != SQLITE_OK) return fail(last_error());
    }
    if (sqlite3_step(*statement) != SQLITE_DONE) return fail(last_error());
  }
  return {};
}

Result<bool> SqliteConnection::only_reads(std::string_view sql) {
  const auto statement = prepared(sql);
  if (!statement) return fail(statement);
  return sqlite3_stmt_readonly(*statement) != 0;
}

}  // namespace picket::sql
