#include "authd/store/sql_account_store.h"

#include <limits>

#include "authd/store/columns.h"
#include "authd/store/ended_rows.h"
#include "authd/store/in_transaction.h"
#include "authd/store/link_rows.h"
#include "authd/store/user_rows.h"

namespace picket::authd {
namespace {

Failure last_owner() {
  return fail(ErrorKind::Denied, "the last active owner who has a password stays");
}

Failure no_such_user() {
  return fail(ErrorKind::NotFound, "no such user");
}

}  // namespace

Result<void> SqlAccountStore::create(const User& user) {
  return database_.transaction([&](sql::Session& session) { return insert_user(session, vault_, user); });
}

Result<bool> SqlAccountStore::create_first_in(sql::Session& session, const User& user) {
  if (user.role != Role::Owner) return fail(ErrorKind::Corrupt, "the first owner is no owner");
  const auto owners = session.query("SELECT COUNT(*) FROM users WHERE role = 'owner'");
  if (!owners) return fail(owners);
  if ((*owners)[0].integer(0) > 0) return false;
  if (const auto added = insert_user(session, vault_, user); !added) return fail(added);
  return true;
}

Result<bool> SqlAccountStore::create_first_owner(const User& user) {
  return in_transaction<bool>(database_,
                              [&](sql::Session& session) { return create_first_in(session, user); });
}

Result<bool> SqlAccountStore::create_by(const Link& link, const User& user) {
  return in_transaction<bool>(database_, [&](sql::Session& session) -> Result<bool> {
    Result<bool> used = use_link(session, link, clock_.wall());
    if (!used || !*used) return used;
    if (link.kind == LinkKind::FirstOwner) return create_first_in(session, user);
    if (const auto added = insert_user(session, vault_, user); !added) return fail(added);
    return true;
  });
}

Result<std::optional<User>> SqlAccountStore::find(const std::string& id) {
  return find_user(database_, vault_, id);
}

Result<std::optional<User>> SqlAccountStore::find_by_key(const std::string& key) {
  return first_of<User>(
      database_.query(select_users("JOIN user_keys AS k ON k.user_id = u.id WHERE k.name_key = $1"), {key}),
      [&](const sql::Row& row) { return read_user(vault_, row); });
}

Result<std::vector<User>> SqlAccountStore::list(const UserFilter& filter) {
  std::string where = "WHERE u.id > $1";
  sql::Params params{filter.after_id};
  if (filter.role) {
    params.push_back(text(to_string(*filter.role)));
    where += fmt::format(" AND u.role = ${}", params.size());
  }
  if (filter.status) {
    params.push_back(text(to_string(*filter.status)));
    where += fmt::format(" AND u.status = ${}", params.size());
  }
  params.push_back(number(filter.limit));
  where += fmt::format(" ORDER BY u.id LIMIT ${}", params.size());
  return each_of<User>(database_.query(select_users(where), params),
                       [&](const sql::Row& row) { return read_user(vault_, row); });
}

Result<std::int64_t> SqlAccountStore::count_owners() {
  const auto rows = database_.query("SELECT COUNT(*) FROM users WHERE role = 'owner'");
  if (!rows) return fail(rows);
  return (*rows)[0].integer(0);
}

Result<User> SqlAccountStore::update_in(sql::Session& session, const User& after) {
  const auto before = find_user(session, vault_, after.id);
  if (!before) return fail(before);
  if (!*before) return no_such_user();
  if ((*before)->version != after.version) return fail(ErrorKind::Conflict, "the user changed meanwhile");
  if (const auto moved = move_keys(session, **before, after); !moved) return fail(moved);
  const bool ends = ends_grants(**before, after);
  const auto written = write_user(session, vault_, after, ends);
  if (!written) return fail(written);
  if (!*written) return last_owner();
  auto now = find_user(session, vault_, after.id);
  if (!now) return fail(now);
  if ((*before)->password_hash != after.password_hash) {
    const auto over = revoke_links(session, after.id, LinkKind::PasswordReset, clock_.wall());
    if (!over) return fail(over);
  }
  if ((*before)->role != after.role) {
    const auto over = revoke_api_keys(session, after.id, clock_.wall());
    if (!over) return fail(over);
  }
  if (!ends) return std::move(**now);
  const auto noted = note_ended_epoch(session, {after.id, (*now)->epoch}, clock_.wall());
  if (!noted) return fail(noted);
  return std::move(**now);
}

Result<User> SqlAccountStore::update(const User& after) {
  return in_transaction<User>(database_, [&](sql::Session& session) { return update_in(session, after); });
}

Result<std::optional<User>> SqlAccountStore::update_by(const Link& link, const User& after) {
  using Updated = std::optional<User>;
  return in_transaction<Updated>(database_, [&](sql::Session& session) -> Result<Updated> {
    const auto used = use_link(session, link, clock_.wall());
    if (!used) return fail(used);
    if (!*used) return std::nullopt;
    auto updated = update_in(session, after);
    if (!updated) return fail(updated);
    if (link.kind == LinkKind::PasswordReset) {
      const auto over = revoke_api_keys(session, after.id, clock_.wall());
      if (!over) return fail(over);
    }
    return std::move(*updated);
  });
}

Result<void> SqlAccountStore::remove(const std::string& id) {
  return database_.transaction([&](sql::Session& session) -> Result<void> {
    const auto deleted = delete_user(session, id);
    if (!deleted) return fail(deleted);
    if (!*deleted) {
      const auto left = session.query("SELECT 1 FROM users WHERE id = $1", {id});
      if (!left) return fail(left);
      return left->empty() ? no_such_user() : last_owner();
    }
    if (auto gone = delete_belongings(session, id); !gone) return gone;
    // Above every epoch that was granted.
    return note_ended_epoch(session, {id, std::numeric_limits<std::int64_t>::max()}, clock_.wall());
  });
}

Result<bool> SqlAccountStore::rehash(const std::string& id, const std::string& old_hash,
                                     const std::string& new_hash) {
  return won(database_.execute(
      "UPDATE users SET password_hash = $3, version = version + 1 WHERE id = $1 AND password_hash = $2",
      {id, old_hash, new_hash}));
}

Result<void> SqlAccountStore::record_login(const std::string& id, WallTime now) {
  return done(database_.execute("UPDATE users SET last_login_at = $2 WHERE id = $1 AND last_login_at < $2",
                                {id, millis(now)}));
}

Result<std::int64_t> SqlAccountStore::end_grants(const std::string& id) {
  return in_transaction<std::int64_t>(database_, [&](sql::Session& session) -> Result<std::int64_t> {
    const auto epoch = raise_epoch(session, id, clock_.wall());
    if (!epoch) return fail(epoch);
    if (!*epoch) return no_such_user();
    return **epoch;
  });
}

Result<void> SqlAccountStore::end_token(const std::string& token_id) {
  return note_ended_grant(database_, token_id, millis(clock_.wall()));
}

Result<EndedBatch> SqlAccountStore::ended_grants(std::int64_t after) {
  return read_ended(database_, after, clock_.wall());
}

Result<std::int64_t> SqlAccountStore::prune_ended_grants(WallTime before) {
  return database_.execute("DELETE FROM ended_grants WHERE ended_at < $1", {millis(before)});
}

}  // namespace picket::authd
