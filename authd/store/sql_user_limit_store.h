// UserLimitStore on a database. Safe from any thread.
#pragma once

#include "authd/accounts/guard_store.h"
#include "base/sql/database.h"

namespace picket::authd {

class SqlUserLimitStore final : public UserLimitStore {
 public:
  explicit SqlUserLimitStore(sql::Database& database) : database_(database) {}  ///< must outlive it

  Result<void> put(const UserLimit& limit) override;
  Result<bool> remove(const std::string& user_id, const std::string& tier) override;
  Result<std::vector<UserLimit>> list(const std::string& user_id) override;
  Result<std::int64_t> revision() override;

 private:
  sql::Database& database_;
};

}  // namespace picket::authd
