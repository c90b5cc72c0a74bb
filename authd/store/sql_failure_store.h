// FailureStore on a database. Safe from any thread; counts are exact: every change is one statement.
#pragma once

#include "authd/accounts/guard_store.h"
#include "base/sql/database.h"

namespace picket::authd {

class SqlFailureStore final : public FailureStore {
 public:
  explicit SqlFailureStore(sql::Database& database) : database_(database) {}  ///< must outlive it

  Result<std::optional<StoredFailures>> find(const std::string& key) override;
  Result<StoredFailures> add(const std::string& key, WallTime now, WallTime forget_before) override;
  Result<void> take_back(const std::string& key) override;
  Result<bool> lock(const std::string& key, int level, WallTime until) override;
  Result<void> clear(const std::string& key) override;
  Result<std::int64_t> unlock(const std::string& account_id, WallTime now) override;
  Result<std::vector<ForgottenTries>> forgotten_since(WallTime since) override;
  Result<std::vector<StoredFailures>> locks_of(const std::string& account_id, WallTime now) override;
  Result<std::int64_t> count_locked(WallTime now) override;
  Result<std::int64_t> prune(WallTime before, WallTime now) override;

 private:
  sql::Database& database_;
};

}  // namespace picket::authd
