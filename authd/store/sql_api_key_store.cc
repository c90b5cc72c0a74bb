#include "authd/store/sql_api_key_store.h"

#include "authd/store/columns.h"
#include "authd/store/ended_rows.h"

namespace picket::authd {
namespace {

constexpr std::string_view kApiKeyColumns =
    "id, user_id, public_id, mac, name, scopes, tier, created_at, expires_at, revoked_at, last_used_at";

Result<ApiKey> read_key(const sql::Row& row) {
  ApiKey key;
  key.id = row.text(0);
  key.user_id = row.text(1);
  key.public_id = row.text(2);
  key.mac = row.text(3);
  key.name = row.text(4);
  key.scopes = words_at(row, 5);
  key.tier = row.text(6);
  key.created_at = time_at(row, 7);
  key.expires_at = time_at(row, 8);
  key.revoked_at = time_at(row, 9);
  key.last_used_at = time_at(row, 10);
  return key;
}

std::int64_t minute_of(WallTime time) {
  return std::chrono::floor<std::chrono::minutes>(time.time_since_epoch()).count();
}

}  // namespace

Result<void> SqlApiKeyStore::add(const ApiKey& k) {
  return done(database_.execute(
      fmt::format("INSERT INTO api_keys ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                  kApiKeyColumns),
      {k.id, k.user_id, k.public_id, k.mac, k.name, words(k.scopes), k.tier, millis(k.created_at),
       millis(k.expires_at), millis(k.revoked_at), millis(k.last_used_at)}));
}

Result<std::optional<ApiKey>> SqlApiKeyStore::find_by_public_id(const std::string& public_id) {
  return first_of<ApiKey>(
      database_.query(fmt::format("SELECT {} FROM api_keys WHERE public_id = $1", kApiKeyColumns),
                      {public_id}),
      read_key);
}

Result<std::vector<ApiKey>> SqlApiKeyStore::list(const std::string& user_id) {
  sql::Params params;
  if (!user_id.empty()) params.emplace_back(user_id);
  return each_of<ApiKey>(
      database_.query(fmt::format("SELECT {} FROM api_keys{} ORDER BY id DESC", kApiKeyColumns,
                                  user_id.empty() ? "" : " WHERE user_id = $1"),
                      params),
      read_key);
}

Result<bool> SqlApiKeyStore::revoke(const std::string& user_id, const std::string& id, WallTime now) {
  sql::Params params{millis(now), id};
  if (!user_id.empty()) params.emplace_back(user_id);
  return won(revoke_rows(
      database_, {"api_keys", "revoked_at = $1", user_id.empty() ? "id = $2" : "id = $2 AND user_id = $3"},
      params));
}

Result<std::int64_t> SqlApiKeyStore::revoke_all(const std::string& user_id, WallTime now) {
  return revoke_rows(database_, {"api_keys", "revoked_at = $1", "user_id = $2"}, {millis(now), user_id});
}

Result<void> SqlApiKeyStore::add_usage(const std::string& id, std::int64_t count, WallTime now) {
  const auto used = database_.execute(
      "UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND last_used_at < $2", {id, millis(now)});
  if (!used) return fail(used);
  return done(database_.execute(
      "INSERT INTO api_usage (key_id, minute, uses) VALUES ($1, $2, $3) ON CONFLICT (key_id, "
      "minute) DO UPDATE SET uses = api_usage.uses + excluded.uses",
      {id, minute_of(now), count}));
}

Result<std::vector<ApiUsage>> SqlApiKeyStore::usage(const std::string& id, WallTime since) {
  return each_of<ApiUsage>(
      database_.query("SELECT minute, uses FROM api_usage WHERE key_id = $1 AND minute >= $2 ORDER BY minute",
                      {id, minute_of(since)}),
      [](const sql::Row& row) -> Result<ApiUsage> {
        return ApiUsage{row.integer(0), row.integer(1)};
      });
}

Result<std::int64_t> SqlApiKeyStore::prune_usage(WallTime before) {
  return database_.execute("DELETE FROM api_usage WHERE minute < $1", {minute_of(before)});
}

}  // namespace picket::authd
