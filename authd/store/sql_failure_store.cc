#include "authd/store/sql_failure_store.h"

#include <set>

#include "authd/store/columns.h"
#include "authd/store/in_transaction.h"

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

constexpr std::string_view kStartsWith = "substr(failure_key, 1, length($1)) = $1";

/// Of "net:192.0.2.1/32", "device:ID" and what is behind them after another bar; nothing of the account's
/// total.
void add_subject(std::string_view bucket, std::set<std::string>& subjects) {
  constexpr std::string_view kNetwork = "net:";
  const std::string_view name = bucket.substr(0, bucket.find('|'));
  if (name.starts_with(kNetwork)) subjects.emplace(name.substr(kNetwork.size()));
  if (name.starts_with("device:")) subjects.emplace(name);
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

Result<std::int64_t> SqlFailureStore::unlock(const std::string& account_id, WallTime now) {
  if (account_id.empty()) return fail(ErrorKind::InvalidInput, "nobody is to be unlocked");
  const std::string prefix = account_id + "|";
  return in_transaction<std::int64_t>(database_, [&](sql::Session& session) -> Result<std::int64_t> {
    const auto keys = session.query(
        fmt::format("DELETE FROM failures WHERE {} RETURNING failure_key", kStartsWith), {prefix});
    if (!keys) return fail(keys);
    std::set<std::string> subjects{"account:" + account_id};
    for (std::size_t i = 0; i < keys->size(); ++i)
      add_subject(std::string_view((*keys)[i].text(0)).substr(prefix.size()), subjects);
    for (const std::string& subject : subjects) {
      const auto added = session.execute(
          "INSERT INTO forgotten_tries (subject, forgotten_at) VALUES ($1, $2)", {subject, millis(now)});
      if (!added) return fail(added);
    }
    return static_cast<std::int64_t>(keys->size());
  });
}

Result<std::vector<ForgottenTries>> SqlFailureStore::forgotten_since(WallTime since) {
  return each_of<ForgottenTries>(
      database_.query("SELECT seq, subject FROM forgotten_tries WHERE forgotten_at >= $1 ORDER BY seq",
                      {millis(since)}),
      [](const sql::Row& row) -> Result<ForgottenTries> {
        return ForgottenTries{row.integer(0), row.text(1)};
      });
}

Result<std::vector<StoredFailures>> SqlFailureStore::locks_of(const std::string& account_id, WallTime now) {
  return each_of<StoredFailures>(
      database_.query(fmt::format("SELECT {} FROM failures WHERE {} AND locked_until > $2 ORDER BY "
                                  "locked_until DESC",
                                  kFailureColumns, kStartsWith),
                      {account_id + "|", millis(now)}),
      read_count);
}

Result<std::int64_t> SqlFailureStore::count_locked(WallTime now) {
  const auto rows = database_.query("SELECT COUNT(*) FROM failures WHERE locked_until > $1", {millis(now)});
  if (!rows) return fail(rows);
  return (*rows)[0].integer(0);
}

Result<std::int64_t> SqlFailureStore::prune(WallTime before, WallTime now) {
  const auto forgotten =
      database_.execute("DELETE FROM forgotten_tries WHERE forgotten_at < $1", {millis(before)});
  if (!forgotten) return fail(forgotten);
  return database_.execute("DELETE FROM failures WHERE last_at < $1 AND locked_until < $2",
                           {millis(before), millis(now)});
}

}  // namespace picket::authd
