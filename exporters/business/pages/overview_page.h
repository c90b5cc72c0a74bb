// The page at /: databases, packs, and the queries with how their runs go, the worst first. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/http/message.h"
#include "base/web/layout.h"
#include "exporters/business/databases/lane_status.h"
#include "exporters/business/packs/pack_use.h"
#include "exporters/business/results/query_status.h"

namespace picket::business {

struct Overview {
  WallTime now{};
  std::vector<LaneStatus> lanes{};
  std::vector<PackUse> packs{};
  std::vector<QueryStatus> queries{};
  std::map<std::string, Duration> next_runs{};  ///< from now, by query
};

/// `target` may ask for a part: ?q=orders, a piece of the name of a query or its database.
web::Page overview_page(const Overview& overview, const Target& target);

}  // namespace picket::business
