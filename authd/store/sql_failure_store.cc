#include "authd/store/sql_failure_store.h"

#include "authd/store/columns.h"

namespace picket::authd {
namespace {

constexpr std::string_view kFailureColumns = "failure_key, failures, first_at, last_at, locked_until, level";

Result<StoredFailures> read_count(const sql::Row& row) {
  StoredFailures count;
  count.key = row.text(0);
  count.count = row.integer(1);
  count.first_at = time_at(row, 2);
  count.last_at = time_at(row, 3);
  count.locked_until = time_at(row, 4);
  count.level = static_cast<int>(row.integer(5));
  return count;
}

}  // namespace

Result<std::optional<StoredFailures>> SqlFailureStore::find(const std::string& key) {
  return first_of<StoredFailures>(
      database_.query(fmt::format("SELECT {} FROM failures WHERE failure_key = $1", kFailureColumns), {key}),
      read_count);
}

Result<StoredFailures> SqlFailureStore::add(const std::string& key, WallTime now, WallTime forget_before) {
  auto counted = first_of<StoredFailures>(
      database_.query(
          fmt::format("INSERT INTO failures ({0}) VALUES ($1, 1, $2, $2, 0, 0) ON CONFLICT (failure_key) DO "
                      "UPDATE SET failures = CASE WHEN failures.last_at < $3 THEN 1 ELSE failures.failures + "
                      "1 END, first_at = CASE WHEN failures.last_at < $3 THEN excluded.first_at ELSE "
                      "failures.first_at END, last_at = CASE WHEN failures.last_at < excluded.last_at THEN "
                      "excluded.last_at ELSE failures.last_at END RETURNING {0}",
                      kFailureColumns),
          {key, millis(now), millis(forget_before)}),
      read_count);
  if (!counted) return fail(counted);
  if (!*counted) return fail(ErrorKind::Internal, "a failure was not counted");
  return std::move(**counted);
}

Result<void> SqlFailureStore::take_back(const std::string& key) {
  return done(database_.execute(
      "UPDATE failures SET failures = failures - 1 WHERE failure_key = $1 AND failures > 0", {key}));
}

Result<bool> SqlFailureStore::lock(const std::string& key, int level, WallTime until) {
  return won(
      database_.execute("UPDATE failures SET locked_until = $3, level = level + 1, failures = 0 WHERE "
                        "failure_key = $1 AND level = $2",
                        {key, number(level), millis(until)}));
}

Result<void> SqlFailureStore::clear(const std::string& key) {
  return done(database_.execute("DELETE FROM failures WHERE failure_key = $1", {key}));
}

Result<std::int64_t> SqlFailureStore::clear_prefix(const std::string& key_prefix) {
  if (key_prefix.empty()) return fail(ErrorKind::InvalidInput, "an empty prefix would clear every counter");
  return database_.execute("DELETE FROM failures WHERE substr(failure_key, 1, length($1)) = $1",
                           {key_prefix});
}

Result<std::int64_t> SqlFailureStore::count_locked(WallTime now) {
  const auto rows = database_.query("SELECT COUNT(*) FROM failures WHERE locked_until > $1", {millis(now)});
  if (!rows) return fail(rows);
  return (*rows)[0].integer(0);
}

Result<std::int64_t> SqlFailureStore::prune(WallTime before, WallTime now) {
  return database_.execute("DELETE FROM failures WHERE last_at < $1 AND locked_until < $2",
                           {millis(before), millis(now)});
}

}  // namespace picket::authd
