#include "authd/store/user_rows.h"

#include <array>

#include "authd/store/columns.h"
#include "authd/store/guard_revisions.h"

namespace picket::authd {
namespace {

constexpr std::string_view kUserColumns =
    "u.id, u.username, u.username_key, u.email, u.email_key, u.email_verified, u.role, u.status, u.phone, "
    "u.phone_verified, u.password_hash, u.password_changed_at, u.must_change_password, u.epoch, u.version, "
    "u.created_at, u.last_login_at, CASE WHEN EXISTS (SELECT 1 FROM second_factors AS f WHERE f.user_id = "
    "u.id AND (f.totp_confirmed_at > 0 OR f.email_otp = 1 OR f.sms_otp = 1)) THEN 1 ELSE 0 END";

// In a serializable transaction (or SQLite's one writer) two owners cannot both believe in the other. One who
// has no password yet does not get in.
constexpr std::string_view kAnotherOwner =
    "(role <> 'owner' OR status <> 'active' OR EXISTS (SELECT 1 FROM users AS o WHERE o.role = 'owner' AND "
    "o.status = 'active' AND o.password_hash <> '' AND o.id <> $1))";

SealedPlace phone_of(const std::string& id) {
  return {"users", "phone", id};
}

Result<void> claim_key(sql::Session& session, const std::string& key, const std::string& id) {
  const auto claimed =
      session.execute("INSERT INTO user_keys (name_key, user_id) VALUES ($1, $2)", {key, id});
  if (!claimed && claimed.error().kind == ErrorKind::Conflict) {
    return fail(ErrorKind::Conflict, "the user name or the mail address is taken");
  }
  return done(claimed);
}

Result<void> claim_keys(sql::Session& session, const User& user) {
  if (auto claimed = claim_key(session, user.username_key, user.id); !claimed) return claimed;
  if (user.email_key.empty() || user.email_key == user.username_key) return {};
  return claim_key(session, user.email_key, user.id);
}

Result<void> release_keys(sql::Session& session, const std::string& id) {
  return done(session.execute("DELETE FROM user_keys WHERE user_id = $1", {id}));
}

}  // namespace

std::string select_users(std::string_view rest) {
  return fmt::format("SELECT {} FROM users AS u {}", kUserColumns, rest);
}

Result<User> read_user(const Vault& vault, const sql::Row& row) {
  const auto role = parse_role(row.text(6));
  const auto status = parse_status(row.text(7));
  if (!role || !status) return fail(ErrorKind::Corrupt, "a user has no role or status");
  auto phone = vault.open(phone_of(row.text(0)), row.text(8));
  if (!phone) return fail(phone);
  User user;
  user.id = row.text(0);
  user.username = row.text(1);
  user.username_key = row.text(2);
  user.email = row.text(3);
  user.email_key = row.text(4);
  user.email_verified = truth_at(row, 5);
  user.role = *role;
  user.status = *status;
  user.phone = std::move(*phone);
  user.phone_verified = truth_at(row, 9);
  user.password_hash = row.text(10);
  user.password_changed_at = time_at(row, 11);
  user.must_change_password = truth_at(row, 12);
  user.epoch = row.integer(13);
  user.version = row.integer(14);
  user.created_at = time_at(row, 15);
  user.last_login_at = time_at(row, 16);
  user.has_second_factor = truth_at(row, 17);
  return user;
}

Result<std::optional<User>> find_user(sql::Session& session, const Vault& vault, const std::string& id) {
  return first_of<User>(session.query(select_users("WHERE u.id = $1"), {id}),
                        [&](const sql::Row& row) { return read_user(vault, row); });
}

Result<void> insert_user(sql::Session& session, const Vault& vault, const User& user) {
  const auto phone = vault.seal(phone_of(user.id), user.phone);
  if (!phone) return fail(phone);
  if (auto claimed = claim_keys(session, user); !claimed) return claimed;
  return done(session.execute(
      "INSERT INTO users (id, username, username_key, email, email_key, email_verified, role, status, phone, "
      "phone_sealed_by, phone_verified, password_hash, password_changed_at, must_change_password, epoch, "
      "version, created_at, last_login_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
      "$14, 1, 1, $15, 0)",
      {user.id, user.username, user.username_key, user.email, user.email_key, truth(user.email_verified),
       text(to_string(user.role)), text(to_string(user.status)), phone->envelope, phone->key_id,
       truth(user.phone_verified), user.password_hash, millis(user.password_changed_at),
       truth(user.must_change_password), millis(user.created_at)}));
}

Result<void> move_keys(sql::Session& session, const User& before, const User& after) {
  if (before.username_key == after.username_key && before.email_key == after.email_key) return {};
  if (auto released = release_keys(session, before.id); !released) return released;
  return claim_keys(session, after);
}

Result<bool> write_user(sql::Session& session, const Vault& vault, const User& after, bool ends_grants) {
  const auto phone = vault.seal(phone_of(after.id), after.phone);
  if (!phone) return fail(phone);
  const bool stays_owner = after.role == Role::Owner && after.status == Status::Active;
  return won(session.execute(
      fmt::format("UPDATE users SET username = $3, username_key = $4, email = $5, email_key = $6, "
                  "email_verified = $7, role = $8, status = $9, phone = $10, phone_sealed_by = $11, "
                  "phone_verified = $12, password_hash = $13, password_changed_at = $14, "
                  "must_change_password = $15, epoch = epoch + $16, version = version + 1 "
                  "WHERE id = $1 AND version = $2{}",
                  stays_owner ? "" : fmt::format(" AND {}", kAnotherOwner)),
      {after.id, number(after.version), after.username, after.username_key, after.email, after.email_key,
       truth(after.email_verified), text(to_string(after.role)), text(to_string(after.status)),
       phone->envelope, phone->key_id, truth(after.phone_verified), after.password_hash,
       millis(after.password_changed_at), truth(after.must_change_password), truth(ends_grants)}));
}

Result<bool> delete_user(sql::Session& session, const std::string& id) {
  return won(session.execute(fmt::format("DELETE FROM users WHERE id = $1 AND {}", kAnotherOwner), {id}));
}

Result<void> delete_belongings(sql::Session& session, const std::string& id) {
  constexpr std::string_view kUsage =
      "DELETE FROM api_usage WHERE key_id IN (SELECT id FROM api_keys WHERE user_id = $1)";
  if (const auto deleted = session.execute(kUsage, {id}); !deleted) return fail(deleted);
  for (const std::string_view table : {"user_keys", "second_factors", "backup_codes", "devices", "sessions",
                                       "challenges", "api_keys", "links", "user_limits"}) {
    const auto deleted = session.execute(fmt::format("DELETE FROM {} WHERE user_id = $1", table), {id});
    if (!deleted) return fail(deleted);
  }
  return raise_revision(session, Guard::UserLimits);
}

}  // namespace picket::authd
