// ChallengeStore on a database. Safe from any thread; tries are taken and challenges spent by one conditional
// statement each.
#pragma once

#include "authd/accounts/session_store.h"
#include "base/sql/database.h"

namespace picket::authd {

class SqlChallengeStore final : public ChallengeStore {
 public:
  explicit SqlChallengeStore(sql::Database& database) : database_(database) {}  ///< must outlive it

  Result<void> create(const Challenge& challenge) override;
  Result<std::optional<Challenge>> find(const std::string& id_hash) override;
  Result<bool> set_code(const std::string& id_hash, const std::string& channel, const std::string& code_hash,
                        WallTime now) override;
  Result<bool> count_try(const std::string& id_hash, int max, WallTime now) override;
  Result<bool> use(const std::string& id_hash, WallTime now) override;
  Result<std::int64_t> prune(WallTime before) override;

 private:
  sql::Database& database_;
};

}  // namespace picket::authd
