#include "authd/store/sql_account_store.h"

#include <limits>

#include "authd/store/columns.h"
#include "authd/store/ended_rows.h"
#include "authd/store/user_rows.h"

namespace picket::authd {
namespace {

Failure last_owner() {
  return fail(ErrorKind::Denied, "the last active owner stays");
}

Failure no_such_user() {
  return fail(ErrorKind::NotFound, "no such user");
}

}  // namespace

Result<void> SqlAccountStore::create(const User& user) {
  return database_.transaction([&](sql::Session& session) { return insert_user(session, vault_, user); });
}

Result<bool> SqlAccountStore::create_first_owner(const User& user) {
  check(user.role == Role::Owner, "the first owner is an owner");
  bool created = false;
  const auto made = database_.transaction([&](sql::Session& session) -> Result<void> {
    created = false;
    const auto owners = session.query("SELECT COUNT(*) FROM users WHERE role = 'owner'");
    if (!owners) return fail(owners);
    if ((*owners)[0].integer(0) > 0) return {};
    created = true;
    return insert_user(session, vault_, user);
  });
  if (!made) return fail(made);
  return created;
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
  if (!ends) return std::move(**now);
  const auto noted = note_ended_epoch(session, {after.id, (*now)->epoch}, clock_.wall());
  if (!noted) return fail(noted);
  return std::move(**now);
}

Result<User> SqlAccountStore::update(const User& after) {
  std::optional<User> stored;
  const auto changed = database_.transaction([&](sql::Session& session) -> Result<void> {
    auto updated = update_in(session, after);
    if (!updated) return fail(updated);
    stored = std::move(*updated);
    return {};
  });
  if (!changed) return fail(changed);
  return std::move(*stored);
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
  std::int64_t epoch = 0;
  const auto ended = database_.transaction([&](sql::Session& session) -> Result<void> {
    const auto rows = session.query("UPDATE users SET epoch = epoch + 1 WHERE id = $1 RETURNING epoch", {id});
    if (!rows) return fail(rows);
    if (rows->empty()) return no_such_user();
    epoch = (*rows)[0].integer(0);
    return note_ended_epoch(session, {id, epoch}, clock_.wall());
  });
  if (!ended) return fail(ended);
  return epoch;
}

Result<EndedBatch> SqlAccountStore::ended_grants(std::int64_t after) {
  return read_ended(database_, after, clock_.wall());
}

Result<std::int64_t> SqlAccountStore::prune_ended_grants(WallTime before) {
  return database_.execute("DELETE FROM ended_grants WHERE ended_at < $1", {millis(before)});
}

}  // namespace picket::authd
