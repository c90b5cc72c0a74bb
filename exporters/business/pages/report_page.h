// The pages of the reports: which there are, and one of them. Pure.
#pragma once

#include "base/web/layout.h"
#include "exporters/business/reports/report_table.h"

namespace picket::business {

web::Page reports_page(const ReportCatalogue& catalogue);
/// `now` tells the period that has not ended yet.
web::Page report_page(const ReportTable& table, WallTime now);

}  // namespace picket::business
