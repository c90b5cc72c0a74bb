// SigningKeyStore on a database. Safe from any thread and beside other replicas: one of them promotes.
#pragma once

#include "authd/accounts/credential_store.h"
#include "authd/store/vault.h"
#include "base/sql/database.h"

namespace picket::authd {

class SqlSigningKeyStore final : public SigningKeyStore {
 public:
  /// Both must outlive it.
  SqlSigningKeyStore(sql::Database& database, const Vault& vault) : database_(database), vault_(vault) {}

  Result<void> add(const StoredSigningKey& key) override;
  Result<std::vector<StoredSigningKey>> list() override;
  Result<bool> promote(const std::string& kid, WallTime now) override;
  Result<bool> remove_next(const std::string& kid) override;
  Result<std::int64_t> remove_retired(WallTime retired_before) override;

 private:
  sql::Database& database_;
  const Vault& vault_;
};

}  // namespace picket::authd
