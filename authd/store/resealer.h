// Encrypts sealed columns anew under the active key while the daemon runs, a batch at a time. Safe from any
// thread and beside other replicas: a row that changed meanwhile is left for the next batch.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "authd/store/vault.h"
#include "base/sql/database.h"

namespace picket::authd {

struct ResealReport {
  std::int64_t resealed = 0;
  std::int64_t unreadable = 0;  ///< do not open: changed, moved, or of a key that is gone
  bool finished = false;        ///< nothing is left but the unreadable
};

class Resealer {
 public:
  /// Both must outlive it.
  Resealer(sql::Database& database, const Vault& vault) : database_(database), vault_(vault) {}

  /// At most `limit` values.
  Result<ResealReport> reseal(int limit);
  /// How many values each key has sealed.
  Result<std::map<std::string, std::int64_t>> counts();

 private:
  sql::Database& database_;
  const Vault& vault_;
};

}  // namespace picket::authd
