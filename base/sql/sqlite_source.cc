#include "base/sql/sqlite_source.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <optional>

#include "base/sql/sqlite_values.h"
#include "base/text/strings.h"
#include "base/time/clock.h"

namespace picket::sql {
namespace {

/// Which file a path stands for now.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

std::optional<FileIdentity> regular_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino};
}

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

std::size_t size_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? sizeof(std::int64_t) : text->size();
}

class SqliteSource final : public Source {
 public:
  SqliteSource(Handle database, std::string path, FileIdentity file)
      : path_(std::move(path)), file_(file), database_(std::move(database)) {
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_limit(database_.get(), SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_progress_handler(database_.get(), kClockInstructions, is_over, this);
    sqlite3_set_authorizer(database_.get(), authorize, this);
  }

  ReadResult<Rows> read(std::string_view sql, const ReadLimits& limits) override {
    begin(limits);
    ReadResult<Statement> statement = prepare(sql);
    if (!statement) return tl::unexpected(statement.error());
    return gather(statement->get(), limits);
  }

  ReadResult<std::vector<std::string>> plan(std::string_view sql, const ReadLimits& limits) override {
    const ReadResult<Rows> rows = read("EXPLAIN QUERY PLAN " + std::string(sql), limits);
    if (!rows) return tl::unexpected(rows.error());
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < rows->size(); ++i) lines.push_back((*rows)[i].text(3));
    return lines;
  }

  ReadResult<std::vector<std::string>> rights_beyond_reading() override { return std::vector<std::string>{}; }

  void cancel() override { cancelled_ = true; }

  bool usable() const override { return regular_file(path_) == file_; }

 private:
  void begin(const ReadLimits& limits) {
    cancelled_ = false;
    denied_.clear();
    deadline_ = Deadline::after(clock_, limits.timeout);
    sqlite3_busy_timeout(database_.get(), static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(
                                                               std::min(limits.lock_timeout, limits.timeout))
                                                               .count()));
    sqlite3_limit(database_.get(), SQLITE_LIMIT_LENGTH,
                  static_cast<int>(std::min<std::uint64_t>(limits.bytes.count + 1024, 1'000'000'000)));
  }

  ReadResult<Statement> prepare(std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    const char* rest = nullptr;
    const std::string text(sql);
    const int code =
        sqlite3_prepare_v2(database_.get(), text.c_str(), static_cast<int>(text.size()) + 1, &raw, &rest);
    Statement statement(raw);
    if (code != SQLITE_OK) return tl::unexpected(last_error(code));
    if (raw == nullptr || !trim(rest).empty()) return refuse(ReadFailure::Sql, "not one SQL statement");
    return statement;
  }

  ReadResult<Rows> gather(sqlite3_stmt* statement, const ReadLimits& limits) {
    Rows rows;
    std::size_t bytes = 0;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      rows.values.push_back(row_of(statement));
      for (const Value& value : rows.values.back()) bytes += size_of(value);
      if (rows.size() > limits.rows)
        return refuse(ReadFailure::Cardinality, fmt::format("the result has more than {} rows", limits.rows));
      if (bytes > limits.bytes.count)
        return refuse(ReadFailure::Cardinality,
                      fmt::format("the result has more than {}", format_bytes(limits.bytes)));
    }
    if (code != SQLITE_DONE) return tl::unexpected(last_error(code));
    rows.columns = columns_of(statement);
    return rows;
  }

  ReadError last_error(int code) const {
    if (!denied_.empty()) {
      return {ReadFailure::Sql, fmt::format("{} is refused: the database is only read", denied_)};
    }
    const std::string said = sqlite3_errmsg(database_.get());
    switch (code & 0xff) {
      case SQLITE_INTERRUPT:
        return cancelled_ ? ReadError{ReadFailure::Cancelled, "cancelled"}
                          : ReadError{ReadFailure::Timeout, "the statement took too long"};
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        return {ReadFailure::Timeout, said};
      case SQLITE_TOOBIG:
        return {ReadFailure::Cardinality, "a value is larger than allowed"};
      case SQLITE_ERROR:
        return {ReadFailure::Sql, said};
      default:
        return {ReadFailure::Connect, said};
    }
  }

  static int is_over(void* self) {
    const auto& source = *static_cast<const SqliteSource*>(self);
    return source.cancelled_ || source.deadline_.passed(source.clock_) ? 1 : 0;
  }

  // NOLINTNEXTLINE(readability-function-size): as SQLite calls it
  static int authorize(void* self, int action, const char* first, const char*, const char*, const char*) {
    switch (action) {
      case SQLITE_SELECT:
      case SQLITE_READ:
      case SQLITE_FUNCTION:
      case SQLITE_RECURSIVE:
        return SQLITE_OK;
      default:
        static_cast<SqliteSource*>(self)->deny(action, first == nullptr ? "" : first);
        return SQLITE_DENY;
    }
  }

  void deny(int action, const std::string& object) {
    if (!denied_.empty()) return;
    const char* verb = "a statement that is no query";
    if (action == SQLITE_INSERT) verb = "INSERT";
    if (action == SQLITE_UPDATE) verb = "UPDATE";
    if (action == SQLITE_DELETE) verb = "DELETE";
    if (action == SQLITE_PRAGMA) verb = "PRAGMA";
    if (action == SQLITE_ATTACH) verb = "ATTACH";
    denied_ = object.empty() || object == "sqlite_master" ? verb : fmt::format("{} ({})", verb, object);
  }

  const SystemClock clock_;
  const std::string path_;
  const FileIdentity file_;
  Handle database_;
  Deadline deadline_;
  std::atomic<bool> cancelled_{false};
  std::string denied_;  ///< what the authorizer refused of the statement under way
};

}  // namespace

ReadResult<std::unique_ptr<Source>> connect_sqlite_source(const Dsn& dsn) {
  const std::optional<FileIdentity> file = regular_file(dsn.sqlite_path);
  if (!file) {
    return refuse(ReadFailure::Connect, fmt::format("{} is not there, or is not a file", dsn.sqlite_path));
  }
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(dsn.sqlite_path.c_str(), &raw, flags, nullptr);
  Handle database(raw);
  if (code != SQLITE_OK) {
    return refuse(ReadFailure::Connect, fmt::format("opening {}: {}", dsn.sqlite_path, sqlite3_errstr(code)));
  }
  return std::make_unique<SqliteSource>(std::move(database), dsn.sqlite_path, *file);
}

}  // namespace picket::sql
