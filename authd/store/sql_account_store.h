// AccountStore on a database. Safe from any thread; every change is one transaction.
#pragma once

#include "authd/accounts/account_store.h"
#include "authd/store/vault.h"
#include "base/sql/database.h"
#include "base/time/clock.h"

namespace picket::authd {

class SqlAccountStore final : public AccountStore {
 public:
  /// All must outlive it.
  SqlAccountStore(sql::Database& database, const Vault& vault, const Clock& clock)
      : database_(database), vault_(vault), clock_(clock) {}

  Result<void> create(const User& user) override;
  Result<bool> create_first_owner(const User& user) override;
  Result<bool> create_by(const Link& link, const User& user) override;
  Result<std::optional<User>> find(const std::string& id) override;
  Result<std::optional<User>> find_by_key(const std::string& key) override;
  Result<std::vector<User>> list(const UserFilter& filter) override;
  Result<std::int64_t> count_owners() override;
  Result<User> update(const User& after) override;
  Result<std::optional<User>> update_by(const Link& link, const User& after) override;
  Result<void> remove(const std::string& id) override;
  Result<bool> rehash(const std::string& id, const std::string& old_hash,
                      const std::string& new_hash) override;
  Result<void> record_login(const std::string& id, WallTime now) override;
  Result<std::int64_t> end_grants(const std::string& id) override;
  Result<void> end_token(const std::string& token_id) override;
  Result<EndedBatch> ended_grants(std::int64_t after) override;
  Result<std::int64_t> prune_ended_grants(WallTime before) override;

 private:
  Result<bool> create_first_in(sql::Session& session, const User& user);
  Result<User> update_in(sql::Session& session, const User& after);

  sql::Database& database_;
  const Vault& vault_;
  const Clock& clock_;
};

}  // namespace picket::authd
