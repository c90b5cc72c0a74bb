// Reports as JSON and CSV. Pure.
#pragma once

#include <string>

#include "exporters/business/reports/report_table.h"

namespace picket::business {

/// The reports that there are: docs/reports.md.
std::string reports_json(const ReportCatalogue& catalogue);
std::string report_json(const ReportTable& table);
/// RFC 4180: period, the columns of `by`, value; a line for each period and series. A text that a spreadsheet
/// would take for a formula has a ' before it, numbers never have.
std::string report_csv(const ReportTable& table);

/// The shortest text that reads back as the number; whole numbers without exponent up to 2^53.
std::string number_text(double value);

}  // namespace picket::business
