// What somebody asks of a report: from, to, step and by of the address. Pure.
#pragma once

#include "base/http/message.h"
#include "exporters/business/reports/report_use.h"

namespace picket::business {

/// Why there is no report, as an HTTP answer.
struct ReportFailure {
  int status = 400;
  std::string detail{};

  /// RFC 9457.
  Response problem() const;
};
template <class T>
using ReportResult = tl::expected<T, ReportFailure>;

/// At most so many periods at once.
inline constexpr std::size_t kPeriodsMost = 400;

struct ReportQuery {
  ReportPtr report;
  DaySpan span;                 ///< whole periods, kPeriodsMost at most
  std::vector<std::string> by;  ///< columns of the report, in its order

  /// "?from=2026-11-01&to=2026-11-30&step=day&by=currency"
  std::string address() const;
};

/// 404 for a report that there is not, 400 for parameters that are wrong. Money is always by currency; values
/// that do not add up are by every column.
ReportResult<ReportQuery> parse_report_query(const ReportCatalogue& catalogue, std::string_view kpi,
                                             const Target& target, WallTime now);

}  // namespace picket::business
