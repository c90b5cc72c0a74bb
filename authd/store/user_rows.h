// Rows of users: read, written, and their keys claimed. For SqlAccountStore, within its transactions.
#pragma once

#include <optional>
#include <string>

#include "authd/accounts/user.h"
#include "authd/store/vault.h"
#include "base/sql/database.h"

namespace picket::authd {

/// "SELECT ... FROM users AS u " and what follows.
std::string select_users(std::string_view rest);
Result<User> read_user(const Vault& vault, const sql::Row& row);
Result<std::optional<User>> find_user(sql::Session& session, const Vault& vault, const std::string& id);

/// Claims the keys, too. Conflict when one is taken.
Result<void> insert_user(sql::Session& session, const Vault& vault, const User& user);
/// Gives up and claims keys where they differ. Conflict when one is taken.
Result<void> move_keys(sql::Session& session, const User& before, const User& after);
/// Writes all fields that an update may change over the version `after.version`. False when that version is
/// gone, or when it would take the last active owner.
Result<bool> write_user(sql::Session& session, const Vault& vault, const User& after, bool ends_grants);
/// Deletes the row. False when there is none, or when it is the last active owner's.
Result<bool> delete_user(sql::Session& session, const std::string& id);
/// Deletes what belongs to a user: keys, factors, devices, sessions, ...
Result<void> delete_belongings(sql::Session& session, const std::string& id);

}  // namespace picket::authd
