// One entry of `queries:`: a statement that reads, when it runs, how much it may take, what its rows become.
#pragma once

#include <memory>

#include "exporters/business/queries/metric_config.h"

namespace picket::business {

struct QueryConfig {
  std::string name;
  std::string database;
  std::string sql;
  Duration interval = std::chrono::minutes(1);
  Duration timeout = std::chrono::seconds(10);
  Duration max_age =
      std::chrono::minutes(5);  ///< how long the last good result is shown; default: 5 intervals
  std::size_t max_rows = 10'000;
  Bytes max_bytes = 4_MiB;
  std::string watermark;  ///< column with the time of the newest data; "" for none
  std::vector<MetricConfig> metrics;

  bool operator==(const QueryConfig&) const = default;
  /// What a kept result depends on: the same for configurations whose results mean the same.
  std::string fingerprint() const;
};

using QueryPtr = std::shared_ptr<const QueryConfig>;

void read_yaml(MapReader& r, QueryConfig& query);
/// Every key but `database`.
void read_query_keys(MapReader& r, QueryConfig& query);

}  // namespace picket::business
