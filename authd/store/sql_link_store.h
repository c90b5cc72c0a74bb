// LinkStore on a database. Safe from any thread.
#pragma once

#include "authd/accounts/credential_store.h"
#include "base/sql/database.h"

namespace picket::authd {

class SqlLinkStore final : public LinkStore {
 public:
  explicit SqlLinkStore(sql::Database& database) : database_(database) {}  ///< must outlive it

  Result<void> add(const Link& link) override;
  Result<std::optional<Link>> find(const std::string& hash) override;
  Result<std::int64_t> revoke_all(const std::string& user_id, LinkKind kind, WallTime now) override;
  Result<std::int64_t> prune(WallTime before) override;

 private:
  sql::Database& database_;
};

}  // namespace picket::authd
