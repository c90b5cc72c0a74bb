// Whether the keys at hand are those that the database was sealed and signed with: asked at every start, and
// by `authctl crypto verify`. Reads only; safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "authd/store/vault.h"
#include "base/config/secret.h"
#include "base/sql/database.h"

namespace picket::authd {

/// Opens one value of each key and column, and looks at the end of the audit log. Corrupt says which key is
/// missing; an empty database fits every key.
Result<void> check_keys_fit(sql::Database& database, const Vault& vault, const Secret& audit_key);

struct SealCount {
  std::int64_t opened = 0;
  std::int64_t unreadable = 0;  ///< changed, moved, or of a key that is gone
};
/// Opens every sealed value; by the id of the key that sealed it.
Result<std::map<std::string, SealCount>> verify_seals(sql::Database& database, const Vault& vault);

}  // namespace picket::authd
