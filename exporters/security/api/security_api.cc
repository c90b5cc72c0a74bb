#include "exporters/security/api/security_api.h"

#include <algorithm>

#include "base/text/strings.h"
#include "base/text/suggest.h"
#include "exporters/security/api/api_json.h"
#include "exporters/security/api/event_query.h"

namespace picket::security {
namespace {

constexpr std::size_t kNameMax = 64;

Response problem_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::InvalidInput:
      return Response::problem(400, "Bad request", error.message);
    case ErrorKind::Denied:
      return Response::problem(403, "Forbidden", error.message);
    default:
      return Response::problem(503, "Events cannot be read", error.message);
  }
}

Response uncached(Response response) {
  response.headers.set("Cache-Control", "no-store");
  return response;
}

/// Refuses parameters that the route does not tell of: a filter that is misspelt would answer everything.
Handler strict(const RouteOptions& route, Handler handler) {
  std::vector<std::string> known;
  known.reserve(route.parameters.size());
  for (const RouteParameter& parameter : route.parameters) known.push_back(parameter.name);
  return [known = std::move(known), handler = std::move(handler)](const Request& request) {
    for (const auto& [name, value] : request.target.query) {
      if (std::ranges::find(known, name) != known.end()) continue;
      const std::string there_are = known.empty() ? "" : ": there are " + join(known, ", ");
      return uncached(problem_of(
          {ErrorKind::InvalidInput, fmt::format("there is no parameter \"{}\"{}{}", truncate(name, kNameMax),
                                                did_you_mean(name, known), there_are)}));
    }
    return uncached(handler(request));
  };
}

RouteOptions events_route() {
  return {.name = "events",
          .summary = "Security events, newest first",
          .on_landing = true,
          .description =
              "Addresses and accounts are masked unless web.config.yml has authenticated the caller. "
              "next_cursor asks for the older ones.",
          .parameters = {{.name = "from", .description = "RFC 3339: events at or after"},
                         {.name = "to", .description = "RFC 3339: events before"},
                         {.name = "source", .description = "Name of a source, or the target of a scan"},
                         {.name = "kind", .description = "attack, brute_force, posture, ..."},
                         {.name = "category", .description = "Class of an attack"},
                         {.name = "severity", .description = "At least: info, low, medium, high or critical"},
                         {.name = "client", .description = "An address or a network"},
                         {.name = "account", .description = "As tried; for authenticated callers"},
                         {.name = "text", .description = "Part of the summary, client, account or details"},
                         {.name = "limit", .description = "1 to 1000; 100 without", .type = "integer"},
                         {.name = "cursor", .description = "next_cursor of an answer"}}};
}

RouteOptions top_route() {
  return {.name = "top",
          .summary = "Clients with the greatest counts",
          .on_landing = true,
          .description =
              "A count is too great by `error` at most. `claimed`: the address is the client's own "
              "word, from a forwarded field without trusted proxies.",
          .parameters = {{.name = "measure", .description = "One of the measures; all without"}}};
}

}  // namespace

void SecurityApi::add_routes(Router& router) {
  const auto add = [&router](const char* path, const RouteOptions& route, Handler handler) {
    router.get(path, strict(route, std::move(handler)), route);
  };
  add("/api/v1/security/events", events_route(), [this](const Request& r) { return events(r); });
  add("/api/v1/security/top", top_route(), [this](const Request& r) { return top(r); });
  add("/api/v1/security/posture",
      {.name = "posture", .summary = "Scores and findings of the scanned targets", .on_landing = true},
      [this](const Request&) { return posture(); });
}

Response SecurityApi::events(const Request& request) const {
  const bool sees_all = sees_everything(request);
  const Result<EventFilter> filter = parse_event_filter(request.target, sees_all);
  if (!filter) return problem_of(filter.error());
  const Result<EventPage> page = sources_.events(*filter);
  if (!page) return problem_of({ErrorKind::Unavailable, page.error().message});
  return Response::json(200, events_json(*page, !sees_all));
}

Response SecurityApi::top(const Request& request) const {
  std::vector<TopList> lists = sources_.top();
  const std::string* measure = request.target.param("measure");
  if (measure != nullptr && !measure->empty()) {
    std::string known;
    for (const TopList& list : lists) known += (known.empty() ? "" : ", ") + list.measure;
    std::erase_if(lists, [&](const TopList& list) { return list.measure != *measure; });
    if (lists.empty())
      return problem_of({ErrorKind::InvalidInput,
                         known.empty() ? "there are no measures yet" : "measure must be one of: " + known});
  }
  return Response::json(200, top_json(lists, !sees_everything(request)));
}

Response SecurityApi::posture() const {
  return Response::json(200, posture_json(sources_.posture()));
}

}  // namespace picket::security
