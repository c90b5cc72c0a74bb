// The past of the demo company's KPIs, read from its own database: where the history ends, each counter stands where
// business_exporter shows it a moment later.
#pragma once

#include "base/sql/database.h"
#include "tools/demo/history/family.h"

namespace picket::demo {

/// Counters and gauges of the packs, and the recorded series over them. The error of the first query that fails.
Result<std::vector<Family>> company_families(sql::Database& company, const Past& past);

}  // namespace picket::demo
