#include "base/sql/sqlite_database.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/sql/doomed_session.h"
#include "base/sql/migrations.h"

namespace picket::sql {
namespace {

constexpr std::uintmax_t kCheckedSizeMax = 256U << 20U;
constexpr off_t kHeaderSize = 100;
constexpr std::string_view kMemory = ":memory:";

// SQLite gives its side files the mode of the main file.
Result<void> prepare_file(const std::string& path) {
  constexpr int kMode = 0600;
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode);
  if (file < 0) return fail(ErrorKind::Unavailable, std::generic_category().message(errno));
  struct stat status {};
  const bool read = ::fstat(file, &status) == 0;
  ::close(file);
  // SQLite takes a file of one byte for an empty one.
  if (read && status.st_size > 0 && status.st_size < kHeaderSize)
    return fail(ErrorKind::Corrupt, "the file is cut short");
  return {};
}

Result<void> look_over(SqliteConnection& connection, const std::string& path) {
  std::error_code unknown;
  const std::uintmax_t size = std::filesystem::file_size(path, unknown);
  const bool small = !unknown && size <= kCheckedSizeMax;
  const auto report =
      connection.query(small ? "PRAGMA quick_check(1)" : "SELECT count(*) FROM sqlite_schema");
  if (!report) return fail(report);
  if (small && (*report)[0].text(0) != "ok") return fail(ErrorKind::Corrupt, (*report)[0].text(0));
  return {};
}

// Leaves no transaction open behind whatever happens.
class RollBack {
 public:
  explicit RollBack(SqliteConnection& connection) : connection_(connection) {}
  ~RollBack() {
    if (connection_.in_transaction()) std::ignore = connection_.run_script("ROLLBACK");
  }
  RollBack(const RollBack&) = delete;
  RollBack& operator=(const RollBack&) = delete;

 private:
  SqliteConnection& connection_;
};

}  // namespace

SqliteDatabase::SqliteDatabase(const Dsn& dsn)
    : path_(dsn.sqlite_path),
      busy_timeout_(dsn.busy_timeout),
      read_timeout_(dsn.read_timeout),
      only_writer_(dsn.sqlite_path == kMemory),
      readers_(std::max<std::size_t>(1, dsn.connections)) {}

Result<std::unique_ptr<Database>> SqliteDatabase::open(const Dsn& dsn) {
  const std::string doing = "opening database " + dsn.sqlite_path;
  if (dsn.sqlite_path != kMemory) {
    if (const auto created = prepare_file(dsn.sqlite_path); !created) return fail(created, doing);
  }
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(dsn));
  const auto checked = database->on_writer(
      [&](SqliteConnection& connection) { return look_over(connection, dsn.sqlite_path); });
  if (!checked) return fail(checked, doing);
  return database;
}

Result<SqliteDatabase::Pool::Lease> SqliteDatabase::lease(Pool& pool, SqliteConnection::Use use) {
  Pool::Lease lease = pool.take(busy_timeout_);
  if (!lease) return fail(ErrorKind::Timeout, "the database is busy");
  if (!lease.connection()) {
    auto opened = SqliteConnection::open(path_, use, busy_timeout_);
    if (!opened) return fail(opened);
    lease.connection() = std::move(*opened);
    if (use == SqliteConnection::Use::Read && read_timeout_ > Duration::zero())
      lease.connection()->limit_queries(read_timeout_);
  }
  return lease;
}

Result<void> SqliteDatabase::on_writer(const OnWriter& work) {
  if (writing_ == std::this_thread::get_id()) {
    return fail(ErrorKind::Internal, "the database was called from inside its own transaction");
  }
  auto writer = lease(writer_, SqliteConnection::Use::Write);
  if (!writer) return fail(writer);
  writing_ = std::this_thread::get_id();
  Result<void> done = work(*writer->connection());
  writing_ = std::thread::id();
  return done;
}

Result<Rows> SqliteDatabase::query(std::string_view sql, const Params& params) {
  if (!only_writer_) {
    auto reader = lease(readers_, SqliteConnection::Use::Read);
    if (!reader) return fail(reader);
    const auto only_reads = reader->connection()->only_reads(sql);
    if (!only_reads) return fail(only_reads);
    if (*only_reads) return reader->connection()->query(sql, params);
  }
  Rows rows;
  const auto done = on_writer([&](SqliteConnection& connection) -> Result<void> {
    auto result = connection.query(sql, params);
    if (!result) return fail(result);
    rows = std::move(*result);
    return {};
  });
  if (!done) return fail(done);
  return rows;
}

Result<std::int64_t> SqliteDatabase::execute(std::string_view sql, const Params& params) {
  std::int64_t changed = 0;
  const auto done = on_writer([&](SqliteConnection& connection) -> Result<void> {
    const auto result = connection.execute(sql, params);
    if (!result) return fail(result);
    changed = *result;
    return {};
  });
  if (!done) return fail(done);
  return changed;
}

Result<void> SqliteDatabase::in_transaction(const OnWriter& work) {
  return on_writer([&](SqliteConnection& connection) -> Result<void> {
    const RollBack roll_back(connection);
    if (auto begun = connection.run_script("BEGIN IMMEDIATE"); !begun) return begun;
    if (auto done = work(connection); !done) return done;
    return connection.run_script("COMMIT");
  });
}

Result<void> SqliteDatabase::transaction(const std::function<Result<void>(Session&)>& work) {
  return in_transaction([&](SqliteConnection& connection) -> Result<void> {
    DoomedSession session(connection);
    if (auto done = work(session); !done) return done;
    return session.error() ? Result<void>(fail(*session.error())) : Result<void>();
  });
}

Result<void> SqliteDatabase::append(const TableColumns& into, std::span<const Params> rows) {
  return in_transaction([&](SqliteConnection& connection) { return connection.append(into, rows); });
}

Result<void> SqliteDatabase::migrate(std::string_view component, std::span<const Migration> migrations) {
  const auto done = in_transaction([&](SqliteConnection& connection) {
    const MigrationTarget target{connection,
                                 [&](const std::string& sql) { return connection.run_script(sql); },
                                 "INTEGER PRIMARY KEY AUTOINCREMENT"};
    return run_migrations(target, component, migrations);
  });
  return done ? done : Result<void>(fail(done, "migrating " + path_));
}

}  // namespace picket::sql
