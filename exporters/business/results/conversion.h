// Rows to series. Pure. A wrong value is dropped and counted, never turned into a wrong sample; a result
// without the columns that the configuration names is refused whole.
#pragma once

#include "base/result/result.h"
#include "base/sql/value.h"
#include "exporters/business/queries/query_config.h"
#include "exporters/business/results/result.h"

namespace picket::business {

struct Converted {
  QueryResult result;
  Drops drops{};
};

/// InvalidInput names the columns that are missing and those that there are.
Result<Converted> convert(const QueryConfig& query, const sql::Rows& rows);

}  // namespace picket::business
