#include "exporters/security/pages/security_pages.h"

#include "exporters/security/api/event_query.h"
#include "exporters/security/pages/events_page.h"
#include "exporters/security/pages/posture_page.h"

namespace picket::security {

void SecurityPages::add_routes(Router& router) {
  router.get("/events", [this](const Request& request) { return events(request); },
             {.name = "events_page", .summary = "Events, newest first, with filters", .on_landing = true});
  router.get("/posture",
             [this](const Request& request) {
               return web::render(frame_(request.target), posture_page(sources_.posture(), clock_.wall()));
             },
             {.name = "posture_page", .summary = "What the scans found and what to do", .on_landing = true});
}

Response SecurityPages::events(const Request& request) const {
  const bool sees_all = sees_everything(request);
  EventsView view{.now = clock_.wall(), .is_masked = !sees_all, .page = {}, .trouble = {}};
  const Result<EventFilter> filter = parse_event_filter(request.target, sees_all);
  Result<EventPage> page = filter ? sources_.events(*filter) : Result<EventPage>(fail(filter));
  if (page) view.page = std::move(*page);
  if (!page) view.trouble = page.error().message;
  web::Page shown = events_page(view, request.target);
  if (!filter) shown.status = filter.error().kind == ErrorKind::Denied ? 403 : 400;
  if (filter && !page) shown.status = 503;
  return web::render(frame_(request.target), shown);
}

}  // namespace picket::security
