// GET /api/v1/reports and /api/v1/reports/{kpi}: docs/reports.md.
#pragma once

#include "base/http/router.h"
#include "exporters/business/reports/reports.h"

namespace picket::business {

class ReportsApi {
 public:
  /// Both outlive it.
  ReportsApi(Reports& reports, const Clock& clock) : reports_(reports), clock_(clock) {}

  void add_routes(Router& router);

 private:
  void report(const Request& request, Responder respond);

  Reports& reports_;
  const Clock& clock_;
};

}  // namespace picket::business
