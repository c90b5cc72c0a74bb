// Counters that fall. A deleted row or a refund makes a total fall a little: Prometheus would take it for a
// restart and count the whole total again. So a counter that falls by less than half keeps its value until it
// is passed; a larger fall is a reset. The same holds for histograms, by bucket. Pure.
#pragma once

#include "exporters/business/queries/query_config.h"
#include "exporters/business/results/result.h"

namespace picket::business {

/// Changes `result` where it would fall below `before`, of the same query; counts what it kept as Decrease.
void keep_counters(const QueryConfig& query, const QueryResult& before, QueryResult& result, Drops& drops);

}  // namespace picket::business
