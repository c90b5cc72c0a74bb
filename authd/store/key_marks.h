// Marks of the keys that seal nothing: an HMAC of its own name under each. A replica, or a backup, that has
// other keys is found out at its start, and not by API keys and mailed codes that fail at every second
// request. Safe from any thread.
#pragma once

#include "base/config/secret.h"
#include "base/sql/database.h"

namespace picket::authd {

struct MacKeys {
  Secret api_keys;
  Secret otp;
};

/// Marks what has no mark yet. Corrupt names the key that is not the marked one.
Result<void> check_key_marks(sql::Database& database, const MacKeys& keys);
/// From now on these are the database's keys.
Result<void> replace_key_marks(sql::Database& database, const MacKeys& keys);

}  // namespace picket::authd
