// How often the blocks and people's own limits have changed, so that replicas need not read them to know that
// nothing did. Raised in the transaction of the change, so that whoever reads a revision and then the list
// has all of it. For the stores of this folder.
#pragma once

#include <string_view>

#include "base/sql/database.h"

namespace picket::authd {

enum class Guard { Blocks, UserLimits };

/// Runs the statement and raises the revision with it. False when it changed nothing.
Result<bool> change_guard(sql::Database& database, Guard guard, std::string_view sql,
                          const sql::Params& params);
Result<void> raise_revision(sql::Session& session, Guard guard);
Result<std::int64_t> read_revision(sql::Session& session, Guard guard);

}  // namespace picket::authd
