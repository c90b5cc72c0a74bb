// SessionStore on a database. Safe from any thread; a rotation is one conditional statement.
#pragma once

#include "authd/accounts/session_store.h"
#include "authd/store/vault.h"
#include "base/sql/database.h"

namespace picket::authd {

class SqlSessionStore final : public SessionStore {
 public:
  /// Both must outlive it.
  SqlSessionStore(sql::Database& database, const Vault& vault) : database_(database), vault_(vault) {}

  Result<void> create(const Session& session) override;
  Result<std::optional<Session>> find(const std::string& id) override;
  Result<std::optional<Session>> find_by_family(const std::string& family_id) override;
  Result<std::vector<Session>> list_live(const std::string& user_id, WallTime now, int limit) override;
  Result<std::int64_t> count_live(WallTime now) override;
  Result<bool> touch(const std::string& id, WallTime now, WallTime idle_expires_at) override;
  Result<bool> rotate(const std::string& id, const RefreshState& next, WallTime now) override;
  Result<bool> revoke(const std::string& id, const Revocation& revocation) override;
  Result<std::int64_t> revoke_all(const std::string& user_id, const Revocation& revocation,
                                  const std::string& except_id) override;
  Result<std::int64_t> prune(WallTime before) override;

 private:
  Result<Session> read(const sql::Row& row) const;
  Result<std::optional<Session>> find_where(std::string_view column, const std::string& value);

  sql::Database& database_;
  const Vault& vault_;
};

}  // namespace picket::authd
