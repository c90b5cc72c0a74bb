// One entry of `packs:` in business.yml: which pack, over which database's views.
#pragma once

#include "exporters/business/packs/pack.h"

namespace picket::business {

struct PackUse {
  std::string pack;
  std::string database;
  std::string schema;                  ///< where the views are; "" where the search path finds them
  std::optional<Duration> interval{};  ///< instead of the intervals of the pack's queries

  /// The pack's queries for this database. Of a pack that there is.
  std::vector<QueryConfig> queries() const;
};

void read_yaml(MapReader& r, PackUse& use);

}  // namespace picket::business
