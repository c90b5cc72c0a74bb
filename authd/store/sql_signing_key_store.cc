#include "authd/store/sql_signing_key_store.h"

#include "authd/store/columns.h"
#include "authd/store/in_transaction.h"

namespace picket::authd {
namespace {

SealedPlace private_key_of(const std::string& kid) {
  return {"signing_keys", "private_key", kid};
}

Result<StoredKeyState> parse_state(std::string_view text) {
  for (const StoredKeyState state : {StoredKeyState::Next, StoredKeyState::Active, StoredKeyState::Retired}) {
    if (text == to_string(state)) return state;
  }
  return fail(ErrorKind::Corrupt, "a signing key has no state");
}

Result<StoredSigningKey> read_key(const Vault& vault, const sql::Row& row) {
  const auto state = parse_state(row.text(4));
  if (!state) return fail(state);
  auto private_key = vault.open(private_key_of(row.text(0)), row.text(2));
  if (!private_key) return fail(private_key);
  StoredSigningKey key;
  key.kid = row.text(0);
  key.algorithm = row.text(1);
  key.private_key = Secret(std::move(*private_key));
  key.public_jwk = row.text(3);
  key.state = *state;
  key.created_at = time_at(row, 5);
  key.activated_at = time_at(row, 6);
  key.retired_at = time_at(row, 7);
  return key;
}

}  // namespace

Result<void> SqlSigningKeyStore::add(const StoredSigningKey& k) {
  const auto sealed = vault_.seal(private_key_of(k.kid), k.private_key.reveal());
  if (!sealed) return fail(sealed);
  return done(database_.execute(
      "INSERT INTO signing_keys (kid, algorithm, private_key, private_key_sealed_by, public_jwk, state, "
      "created_at, activated_at, retired_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {k.kid, k.algorithm, sealed->envelope, sealed->key_id, k.public_jwk, text(to_string(k.state)),
       millis(k.created_at), millis(k.activated_at), millis(k.retired_at)}));
}

Result<std::vector<StoredSigningKey>> SqlSigningKeyStore::list() {
  return each_of<StoredSigningKey>(
      database_.query("SELECT kid, algorithm, private_key, public_jwk, state, created_at, activated_at, "
                      "retired_at FROM signing_keys ORDER BY created_at, kid"),
      [this](const sql::Row& row) { return read_key(vault_, row); });
}

Result<bool> SqlSigningKeyStore::promote(const std::string& kid, WallTime now) {
  return in_transaction<bool>(database_, [&](sql::Session& session) -> Result<bool> {
    const auto retired = session.execute(
        "UPDATE signing_keys SET state = 'retired', retired_at = $2 WHERE state = 'active' AND EXISTS "
        "(SELECT 1 FROM signing_keys AS n WHERE n.kid = $1 AND n.state = 'next')",
        {kid, millis(now)});
    if (!retired) return fail(retired);
    return won(session.execute(
        "UPDATE signing_keys SET state = 'active', activated_at = $2 WHERE kid = $1 AND state = 'next'",
        {kid, millis(now)}));
  });
}

Result<bool> SqlSigningKeyStore::remove_next(const std::string& kid) {
  return won(database_.execute("DELETE FROM signing_keys WHERE kid = $1 AND state = 'next'", {kid}));
}

Result<std::int64_t> SqlSigningKeyStore::remove_retired(WallTime retired_before) {
  return database_.execute("DELETE FROM signing_keys WHERE state = 'retired' AND retired_at < $1",
                           {millis(retired_before)});
}

}  // namespace picket::authd
