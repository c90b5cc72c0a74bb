// What SQLite answers, as the fleet's values.
#pragma once

#include <vector>

#include "base/sql/value.h"

struct sqlite3_stmt;

namespace picket::sql {

/// Virtual machine instructions between two looks at the clock: well under a millisecond.
inline constexpr int kClockInstructions = 1000;

/// Of the row that the statement stands at.
std::vector<Value> row_of(sqlite3_stmt* statement);
std::vector<std::string> columns_of(sqlite3_stmt* statement);

}  // namespace picket::sql
