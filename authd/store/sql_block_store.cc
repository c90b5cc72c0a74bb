#include "authd/store/sql_block_store.h"

#include <fmt/format.h>

#include "authd/store/columns.h"
#include "authd/store/guard_revisions.h"

namespace picket::authd {
namespace {

/// 'limits', 'webhook'
std::string programs() {
  return fmt::format("'{}'", fmt::join(kBlockingPrograms, "', '"));
}

}  // namespace

Result<void> SqlBlockStore::put(const StoredBlock& b) {
  static const std::string statement = fmt::format(
      "INSERT INTO blocks (prefix, reason, created_by, created_at, expires_at, sessions) "
      "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (prefix) DO UPDATE SET reason = excluded.reason, "
      "created_by = excluded.created_by, created_at = excluded.created_at, sessions = excluded.sessions, "
      "expires_at = excluded.expires_at "
      "WHERE excluded.created_by NOT IN ({0}) OR blocks.expires_at <= excluded.created_at OR "
      "(blocks.created_by IN ({0}) AND blocks.expires_at < excluded.expires_at)",
      programs());
  return done(change_guard(
      database_, Guard::Blocks, statement,
      {b.prefix, b.reason, b.created_by, millis(b.created_at), millis(b.expires_at), number(b.sessions)}));
}

Result<bool> SqlBlockStore::remove(const std::string& prefix) {
  return change_guard(database_, Guard::Blocks, "DELETE FROM blocks WHERE prefix = $1", {prefix});
}

Result<std::int64_t> SqlBlockStore::revision() {
  return read_revision(database_, Guard::Blocks);
}

Result<std::vector<StoredBlock>> SqlBlockStore::list(WallTime now) {
  return each_of<StoredBlock>(database_.query("SELECT prefix, reason, created_by, created_at, expires_at, "
                                              "sessions FROM blocks WHERE expires_at > "
                                              "$1 ORDER BY prefix",
                                              {millis(now)}),
                              [](const sql::Row& row) -> Result<StoredBlock> {
                                return StoredBlock{row.text(0),     row.text(1),     row.text(2),
                                                   time_at(row, 3), time_at(row, 4), row.integer(5) != 0};
                              });
}

Result<std::int64_t> SqlBlockStore::prune(WallTime before) {
  return database_.execute("DELETE FROM blocks WHERE expires_at < $1", {millis(before)});
}

}  // namespace picket::authd
