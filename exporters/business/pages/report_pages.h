// GET /reports and /reports/{kpi}.
#pragma once

#include "base/http/router.h"
#include "base/web/layout.h"
#include "exporters/business/reports/reports.h"

namespace picket::business {

class ReportPages {
 public:
  /// The frame for the page at a target.
  using Frame = std::function<web::Site(const Target& page)>;
  /// All of it outlives this.
  ReportPages(Reports& reports, const Clock& clock, Frame frame)
      : reports_(reports), clock_(clock), frame_(std::move(frame)) {}

  void add_routes(Router& router);

 private:
  void report(const Request& request, Responder respond);

  Reports& reports_;
  const Clock& clock_;
  const Frame frame_;
};

}  // namespace picket::business
