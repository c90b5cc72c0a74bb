#include "exporters/business/pages/report_pages.h"

#include "exporters/business/pages/report_page.h"

namespace picket::business {

void ReportPages::add_routes(Router& router) {
  router.get(
      "/reports",
      [this](const Request& request) {
        return web::render(frame_(request.target), reports_page(*reports_.catalogue()));
      },
      {.name = "reports_page", .summary = "Reports of the packs, by day, week or month", .on_landing = true});
  router.get_async("/reports/{kpi}",
                   [this](const Request& request, Responder respond) { report(request, std::move(respond)); },
                   {.name = "report_page", .summary = "One report", .on_landing = false});
}

void ReportPages::report(const Request& request, Responder respond) {
  const auto query =
      parse_report_query(*reports_.catalogue(), request.path_param("kpi"), request.target, clock_.wall());
  if (!query) return respond(query.error().problem());
  reports_.ask(*query, [site = frame_(request.target), &clock = clock_,
                        respond = std::move(respond)](const Reports::Answer& answer) {
    if (!answer) return respond(answer.error().problem());
    respond(web::render(site, report_page(**answer, clock.wall())));
  });
}

}  // namespace picket::business
