// Results and how queries and databases do, on /metrics: from snapshots, so that a scrape waits for nothing.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/metrics/collector.h"
#include "exporters/business/databases/lane_status.h"
#include "exporters/business/results/query_status.h"

namespace picket::business {

class BusinessCollector final : public Collector {
 public:
  struct Sources {
    std::function<std::vector<QueryStatus>()> queries;
    std::function<std::vector<LaneStatus>()> lanes;
  };
  explicit BusinessCollector(Sources sources) : sources_(std::move(sources)) {}

  std::string_view name() const override { return "business"; }
  std::unique_ptr<Collection> collect() override;

 private:
  const Sources sources_;
};

/// A query's own metrics alone, as text 0.0.4.
std::string metrics_text(const QueryStatus& query);

}  // namespace picket::business
