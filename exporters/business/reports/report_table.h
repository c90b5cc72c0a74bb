// What a report says: a value for each period and series. Made of the rows of its statement. Pure.
#pragma once

#include <memory>
#include <optional>

#include "base/sql/source.h"
#include "exporters/business/reports/report_query.h"

namespace picket::business {

/// Nothing where there were no rows, or a value that is not a finite number.
using ReportValue = std::optional<double>;

struct ReportSeries {
  std::vector<std::string> labels;  ///< values of the columns in `by`
  std::vector<ReportValue> values;  ///< a period each
  ReportValue total;                ///< of the whole time, as the database says: no sum of ratios
  ReportValue before;               ///< of the time that it is compared with
};

/// The times that a report is asked for.
struct ReportTimes {
  std::vector<Period> periods;  ///< oldest first
  Period all;
  Period before;

  ReportTimes(const DaySpan& span, std::string_view location, WallTime now);
  /// Every one of them, for the statement. They overlap.
  std::vector<Period> list() const;
};

struct ReportTable {
  ReportPtr report;
  std::string location;
  DaySpan span;
  ReportTimes times;
  WallTime read_at{};
  std::vector<std::string> by;       ///< columns
  std::vector<ReportSeries> series;  ///< ordered by their labels

  /// The same with fewer columns: the values of what becomes one series are added up.
  ReportTable split_by(const std::vector<std::string>& columns) const;
};
using TablePtr = std::shared_ptr<const ReportTable>;

/// Fills `table` (whose series are empty, and whose `by` is all of the report's). Refuses rows that are not
/// what a report answers: columns period, those of `by`, and value.
Result<ReportTable> with_rows(ReportTable table, const sql::Rows& rows);

}  // namespace picket::business
