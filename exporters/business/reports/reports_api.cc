#include "exporters/business/reports/reports_api.h"

#include "exporters/business/reports/report_text.h"

namespace picket::business {
namespace {

Response uncached(Response response) {
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Response csv_response(const ReportTable& table) {
  Response response;
  response.headers.set("Content-Type", "text/csv; charset=utf-8; header=present");
  response.headers.set("Content-Disposition",
                       fmt::format("attachment; filename=\"{}_{}_{}.csv\"", table.report->config.kpi,
                                   format_day(table.span.from), format_day(table.span.to)));
  response.body = report_csv(table);
  return uncached(std::move(response));
}

}  // namespace

void ReportsApi::add_routes(Router& router) {
  router.get(
      "/api/v1/reports",
      [this](const Request&) { return uncached(Response::json(200, reports_json(*reports_.catalogue()))); },
      {.name = "reports", .summary = "The reports that there are", .on_landing = true});
  router.get_async(
      "/api/v1/reports/{kpi}",
      [this](const Request& request, Responder respond) { report(request, std::move(respond)); },
      {.name = "report", .summary = "One report by day, week or month, as JSON or CSV", .on_landing = false});
}

void ReportsApi::report(const Request& request, Responder respond) {
  const std::string* format = request.target.param("format");
  const bool is_csv = format != nullptr && *format == "csv";
  if (format != nullptr && !is_csv && *format != "json" && !format->empty())
    return respond(ReportFailure{400, "format must be json or csv"}.problem());
  const auto query =
      parse_report_query(*reports_.catalogue(), request.path_param("kpi"), request.target, clock_.wall());
  if (!query) return respond(query.error().problem());
  reports_.ask(*query, [is_csv, respond = std::move(respond)](const Reports::Answer& answer) {
    if (!answer) return respond(answer.error().problem());
    respond(is_csv ? csv_response(**answer) : uncached(Response::json(200, report_json(**answer))));
  });
}

}  // namespace picket::business
