// GET /metrics: negotiates the format, streams the collectors' families, filters by `name[]`, and counts what
// it left out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/http/router.h"
#include "base/metrics/exposition.h"

namespace picket {

/// After the collectors' families come its own: <prefix>_series{family}, <prefix>_series_limit{family} and
/// <prefix>_series_overflow_total{family} for families that are or were over the limit or within a fifth of
/// it, <prefix>_label_values_repaired_total and <prefix>_families_dropped_total. Collectors are not owned and
/// are shown in the order in which they were added, which is at start, before the first request. Safe from
/// any thread.
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
