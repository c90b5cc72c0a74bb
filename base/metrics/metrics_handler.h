// GET /metrics: negotiates the format, streams the collectors' families, filters by `name[]`, and counts what
// it left out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/http/router.h"
#include "base/metrics/exposition.h"

namespace picket {

/// Also a Collector: <prefix>_series{family}, <prefix>_series_limit{family},
/// <prefix>_series_overflow_total{family} for families over or near the limit. `collectors` are not owned and
/// are shown in this order, so their families should not interleave.
class MetricsHandler {
 public:
  MetricsHandler(std::string prefix, SeriesLimit limit);
  ~MetricsHandler();
  void add(Collector& collector);
  Response operator()(const Request& request) const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace picket
