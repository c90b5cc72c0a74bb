// What libpqxx answers, as the fleet's values: integers, reals and booleans by their type, the rest as text.
// Included where libpqxx is.
#pragma once

#include <pqxx/pqxx>

#include "base/sql/value.h"

namespace picket::sql {

Value value_of(const pqxx::field& field);
std::vector<std::string> columns_of(const pqxx::result& result);
Rows rows_of(const pqxx::result& result);

}  // namespace picket::sql
