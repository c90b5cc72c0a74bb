// ApiKeyStore on a database. Safe from any thread; uses are counted by one statement.
#pragma once

#include "authd/accounts/credential_store.h"
#include "base/sql/database.h"

namespace picket::authd {

class SqlApiKeyStore final : public ApiKeyStore {
 public:
  explicit SqlApiKeyStore(sql::Database& database) : database_(database) {}  ///< must outlive it

  Result<void> add(const ApiKey& key) override;
  Result<std::optional<ApiKey>> find_by_public_id(const std::string& public_id) override;
  Result<std::vector<ApiKey>> list(const std::string& user_id) override;
  Result<bool> revoke(const std::string& user_id, const std::string& id, WallTime now) override;
  Result<std::int64_t> revoke_all(const std::string& user_id, WallTime now) override;
  Result<void> add_usage(const std::string& id, std::int64_t count, WallTime now) override;
  Result<std::vector<ApiUsage>> usage(const std::string& id, WallTime since) override;
  Result<std::int64_t> prune_usage(WallTime before) override;

 private:
  sql::Database& database_;
};

}  // namespace picket::authd
