#include "authd/store/sql_session_store.h"

#include "authd/store/columns.h"
#include "authd/store/ended_rows.h"

namespace picket::authd {
namespace {

constexpr std::string_view kSessionColumns =
    "id, user_id, user_epoch, created_at, last_seen_at, idle_expires_at, absolute_expires_at, amr, "
    "device_id, "
    "ip, user_agent, family_id, family_key, refresh_active, rotated_at, rotated_by, late_replayed, "
    "late_replays, refresh_version, revoked_at, revoke_reason";

constexpr std::string_view kRevoked = "revoked_at = $1, revoke_reason = $2";
constexpr std::string_view kLive = "revoked_at = 0 AND idle_expires_at > $1 AND absolute_expires_at > $1";

SealedPlace family_key_of(const std::string& id) {
  return {"sessions", "family_key", id};
}

RefreshState read_refresh(const sql::Row& row) {
  RefreshState refresh;
  refresh.active = row.integer(13);
  refresh.rotated_at = time_at(row, 14);
  refresh.rotated_by = row.text(15);
  refresh.late_replayed = truth_at(row, 16);
  refresh.late_replays = static_cast<int>(row.integer(17));
  refresh.version = row.integer(18);
  return refresh;
}

}  // namespace

Result<Session> SqlSessionStore::read(const sql::Row& row) const {
  auto key = vault_.open(family_key_of(row.text(0)), row.text(12));
  if (!key) return fail(key);
  Session session;
  session.id = row.text(0);
  session.user_id = row.text(1);
  session.user_epoch = row.integer(2);
  session.created_at = time_at(row, 3);
  session.last_seen_at = time_at(row, 4);
  session.idle_expires_at = time_at(row, 5);
  session.absolute_expires_at = time_at(row, 6);
  session.amr = words_at(row, 7);
  session.device_id = row.text(8);
  session.ip = row.text(9);
  session.user_agent = row.text(10);
  session.family_id = row.text(11);
  session.family_key = Secret(std::move(*key));
  session.refresh = read_refresh(row);
  session.revoked_at = time_at(row, 19);
  session.revoke_reason = row.text(20);
  return session;
}

Result<void> SqlSessionStore::create(const Session& s) {
  const auto key = vault_.seal(family_key_of(s.id), s.family_key.reveal());
  if (!key) return fail(key);
  return done(database_.execute(
      fmt::format("INSERT INTO sessions ({}, family_key_sealed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
                  "$9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)",
                  kSessionColumns),
      {s.id,
       s.user_id,
       s.user_epoch,
       millis(s.created_at),
       millis(s.last_seen_at),
       millis(s.idle_expires_at),
       millis(s.absolute_expires_at),
       words(s.amr),
       s.device_id,
       s.ip,
       s.user_agent,
       s.family_id,
       key->envelope,
       s.refresh.active,
       millis(s.refresh.rotated_at),
       s.refresh.rotated_by,
       truth(s.refresh.late_replayed),
       number(s.refresh.late_replays),
       s.refresh.version,
       millis(s.revoked_at),
       s.revoke_reason,
       key->key_id}));
}

Result<std::optional<Session>> SqlSessionStore::find_where(std::string_view column,
                                                           const std::string& value) {
  return first_of<Session>(
      database_.query(fmt::format("SELECT {} FROM sessions WHERE {} = $1", kSessionColumns, column), {value}),
      [this](const sql::Row& row) { return read(row); });
}

Result<std::optional<Session>> SqlSessionStore::find(const std::string& id) {
  return find_where("id", id);
}

Result<std::optional<Session>> SqlSessionStore::find_by_family(const std::string& family_id) {
  return find_where("family_id", family_id);
}

Result<std::vector<Session>> SqlSessionStore::list_live(const std::string& user_id, WallTime now, int limit) {
  sql::Params params{millis(now), number(limit)};
  if (!user_id.empty()) params.emplace_back(user_id);
  return each_of<Session>(
      database_.query(fmt::format("SELECT {} FROM sessions WHERE {}{} ORDER BY id DESC LIMIT $2",
                                  kSessionColumns, kLive, user_id.empty() ? "" : " AND user_id = $3"),
                      params),
      [this](const sql::Row& row) { return read(row); });
}

Result<std::int64_t> SqlSessionStore::count_live(WallTime now) {
  const auto rows =
      database_.query(fmt::format("SELECT COUNT(*) FROM sessions WHERE {}", kLive), {millis(now)});
  if (!rows) return fail(rows);
  return (*rows)[0].integer(0);
}

Result<bool> SqlSessionStore::touch(const std::string& id, WallTime now, WallTime idle_expires_at) {
  return won(database_.execute(
      fmt::format("UPDATE sessions SET last_seen_at = CASE WHEN last_seen_at < $1 THEN $1 ELSE last_seen_at "
                  "END, idle_expires_at = CASE WHEN idle_expires_at < $2 THEN $2 ELSE idle_expires_at END "
                  "WHERE id = $3 AND {}",
                  kLive),
      {millis(now), millis(idle_expires_at), id}));
}

Result<bool> SqlSessionStore::rotate(const std::string& id, const RefreshState& next, WallTime now) {
  return won(database_.execute(
      fmt::format(
          "UPDATE sessions SET last_seen_at = CASE WHEN last_seen_at < $1 THEN $1 ELSE last_seen_at END, "
          "refresh_active = $2, rotated_at = $3, rotated_by = $4, late_replayed = $5, late_replays = $6, "
          "refresh_version = refresh_version + 1 WHERE id = $7 AND refresh_version = $8 AND {}",
          kLive),
      {millis(now), next.active, millis(next.rotated_at), next.rotated_by, truth(next.late_replayed),
       number(next.late_replays), id, next.version}));
}

Result<bool> SqlSessionStore::revoke(const std::string& id, const Revocation& revocation) {
  return won(revoke_rows(database_, {"sessions", kRevoked, "id = $3"},
                         {millis(revocation.now), revocation.reason, id}));
}

Result<std::int64_t> SqlSessionStore::revoke_all(const std::string& user_id, const Revocation& revocation,
                                                 const std::string& except_id) {
  return revoke_rows(database_, {"sessions", kRevoked, "user_id = $3 AND id <> $4"},
                     {millis(revocation.now), revocation.reason, user_id, except_id});
}

Result<std::int64_t> SqlSessionStore::prune(WallTime before) {
  return database_.execute(
      "DELETE FROM sessions WHERE absolute_expires_at < $1 OR (revoked_at > 0 AND revoked_at < $1)",
      {millis(before)});
}

}  // namespace picket::authd
