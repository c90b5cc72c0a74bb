// What there is to tell of a query: its last good result and how its runs go. A copy, for /metrics and pages.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "base/metrics/metric_writer.h"
#include "exporters/business/queries/query_config.h"
#include "exporters/business/results/result.h"

namespace picket::business {

/// As in business_query_failures_total{reason}.
enum class FailureReason { Connect, Timeout, Cancelled, Sql, Shape, Cardinality };
constexpr std::size_t kFailureReasons = 6;
std::string_view to_string(FailureReason reason);

struct QueryStatus {
  std::shared_ptr<const QueryConfig> config;
  std::shared_ptr<const QueryResult> result;  ///< the last good one; null when there is none or it is too old
  bool stale = false;                         ///< there was one, and it is older than max_age
  std::optional<WallTime> last_success;       ///< when that result was read
  std::optional<WallTime> last_run;
  Duration last_took{};    ///< that run
  std::string last_error;  ///< of the last run; "" when it went well
  std::uint64_t runs = 0;
  std::array<std::uint64_t, kFailureReasons> failures{};
  Drops drops{};
  HistogramValue durations;
};

}  // namespace picket::business
