// BlockStore on a database. Safe from any thread.
#pragma once

#include "authd/accounts/guard_store.h"
#include "base/sql/database.h"

namespace picket::authd {

class SqlBlockStore final : public BlockStore {
 public:
  explicit SqlBlockStore(sql::Database& database) : database_(database) {}  ///< must outlive it

  Result<void> put(const StoredBlock& block) override;
  Result<bool> remove(const std::string& prefix) override;
  Result<std::vector<StoredBlock>> list(WallTime now) override;
  Result<std::int64_t> revision() override;
  Result<std::int64_t> prune(WallTime before) override;

 private:
  sql::Database& database_;
};

}  // namespace picket::authd
