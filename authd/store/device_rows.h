// Rows of remembered devices, revoked with what they rest on. For the stores of this folder.
#pragma once

#include <string>

#include "base/sql/database.h"
#include "base/time/clock.h"

namespace picket::authd {

/// All of the user's. Answers how many were still good.
Result<std::int64_t> revoke_devices(sql::Session& session, const std::string& user_id, WallTime now);

}  // namespace picket::authd
