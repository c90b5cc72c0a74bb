// DeviceStore on a database. Safe from any thread.
#pragma once

#include "authd/accounts/factor_store.h"
#include "base/sql/database.h"

namespace picket::authd {

class SqlDeviceStore final : public DeviceStore {
 public:
  explicit SqlDeviceStore(sql::Database& database) : database_(database) {}  ///< must outlive it

  Result<void> add(const Device& device) override;
  Result<std::optional<Device>> find_by_token(const std::string& token_hash) override;
  Result<std::vector<Device>> list_live(const std::string& user_id, WallTime now) override;
  Result<void> touch(const std::string& id, const std::string& ip, WallTime now) override;
  Result<bool> revoke(const std::string& user_id, const std::string& id, WallTime now) override;
  Result<std::int64_t> revoke_all(const std::string& user_id, WallTime now) override;
  Result<std::int64_t> prune(WallTime before) override;

 private:
  sql::Database& database_;
};

}  // namespace picket::authd
