// The tables of authd, for SQLite and PostgreSQL alike. Times are milliseconds since 1970, 0 is "never";
// truths are 0 and 1; lists are words with blanks between them. A column `x_sealed_by` names the key that
// sealed `x`.
#pragma once

#include <span>

#include "base/sql/database.h"

namespace picket::authd {

/// Component "authd".
std::span<const sql::Migration> store_migrations();

}  // namespace picket::authd
