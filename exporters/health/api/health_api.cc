#include "exporters/health/api/health_api.h"

#include <algorithm>

#include "exporters/health/api/api_json.h"
#include "exporters/health/api/bearer.h"
#include "exporters/health/api/event_query.h"

namespace picket::health {

namespace {

Response bad_request(const Error& error) {
  return Response::problem(400, "Bad request", error.message);
}

Response no_such_service(std::string_view name) {
  return Response::problem(404, "Not found", fmt::format("there is no service \"{}\"", name));
}

Response refused(const Error& error) {
  if (error.kind == ErrorKind::NotFound) return Response::problem(404, "Not found", error.message);
  if (error.kind == ErrorKind::Conflict) return Response::problem(409, "Conflict", error.message);
  return bad_request(error);
}

/// The checks that business health hangs on: the configured ones, or the critical ones.
std::vector<const CheckStatus*> business_checks(const Snapshot& snapshot) {
  const std::vector<std::string>& names = snapshot.config->business_checks;
  std::vector<const CheckStatus*> checks;
  for (const CheckStatus& check : snapshot.checks) {
    const bool counts = names.empty()
                            ? check.config->criticality == Criticality::Critical
                            : std::find(names.begin(), names.end(), check.config->name) != names.end();
    if (counts) checks.push_back(&check);
  }
  return checks;
}

Response uncached(Response response) {
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

HealthApi::HealthApi(Engine& engine, HistoryRecorder& history, std::function<std::string()> unready)
    : engine_(engine), history_(history), unready_(std::move(unready)) {}

void HealthApi::add_routes(Router& router) {
  router.get("/api/health/live",
             [](const Request&) { return uncached(Response::json(200, status_json("alive", ""))); },
             {.name = "live", .summary = "The process runs", .on_landing = false});
  router.get("/api/health/ready", [this](const Request&) { return ready(); },
             {.name = "ready", .summary = "The exporter is ready to serve", .on_landing = false});
  router.get("/api/health/detailed", [this](const Request&) { return detailed(); },
             {.name = "detailed",
              .summary = "Every service with state, latency and what to look at",
              .on_landing = true});
  router.get("/api/health/business", [this](const Request&) { return business(); },
             {.name = "business", .summary = "200 while the business can go on", .on_landing = true});
  router.get("/api/v1/health/services", [this](const Request& r) { return services(r); },
             {.name = "services", .summary = "Services, by group and state", .on_landing = true});
  router.get("/api/v1/health/services/{name}", [this](const Request& r) { return service(r); },
             {.name = "service", .summary = "One service", .on_landing = false});
  router.put("/api/v1/health/services/{name}", [this](const Request& r) { return put_service(r); },
             {.name = "heartbeat", .summary = "A service reports its own state", .on_landing = false});
  router.get("/api/v1/health/events", [this](const Request& r) { return events(r); },
             {.name = "events", .summary = "Changes of state and notes, newest first", .on_landing = true});
  router.post("/api/v1/health/events", [this](const Request& r) { return post_event(r); },
              {.name = "post_event", .summary = "Adds a note", .on_landing = false});
  router.get(
      "/api/v1/health/uptime",
      [this](const Request&) { return uncached(Response::json(200, uptime_json(*engine_.snapshot()))); },
      {.name = "uptime", .summary = "Uptime over 1h, 24h, 7d, 30d and 90d", .on_landing = true});
}

Response HealthApi::ready() const {
  const std::string reason = unready_();
  if (reason.empty()) return uncached(Response::json(200, status_json("ready", "")));
  return uncached(Response::json(503, status_json("not_ready", reason)));
}

Response HealthApi::detailed() const {
  const auto snapshot = engine_.snapshot();
  std::vector<Rated> rated;
  rated.reserve(snapshot->checks.size());
  for (const CheckStatus& check : snapshot->checks) rated.push_back({check.config->criticality, check.state});
  const Overall overall = overall_state(rated);
  return uncached(Response::json(overall == Overall::Down ? 503 : 200, detailed_json(*snapshot, overall)));
}

Response HealthApi::business() const {
  const auto snapshot = engine_.snapshot();
  const std::vector<const CheckStatus*> checks = business_checks(*snapshot);
  State worst = State::Operational;
  for (const CheckStatus* check : checks) worst = worse(worst, check->state);
  const bool open = worst != State::Down && worst != State::Unknown;
  const std::string_view status = worst == State::Operational ? "healthy" : to_string(worst);
  return uncached(Response::json(open ? 200 : 503, business_json(status, checks)));
}

Response HealthApi::services(const Request& request) const {
  std::optional<State> state;
  if (const std::string* text = request.target.param("state")) {
    state = parse_state(*text);
    if (!state) {
      return Response::problem(400, "Bad request",
                               "state must be operational, degraded, down, unknown or maintenance");
    }
  }
  const std::string* group = request.target.param("group");
  const auto snapshot = engine_.snapshot();
  return uncached(
      Response::json(200, services_json(*snapshot, group != nullptr ? std::string_view(*group) : "", state)));
}

Response HealthApi::service(const Request& request) const {
  const auto snapshot = engine_.snapshot();
  const std::string& name = request.path_param("name");
  const CheckStatus* check = snapshot->find(name);
  if (check == nullptr) return no_such_service(name);
  return uncached(Response::json(200, service_json(*check, true)));
}

Response HealthApi::put_service(const Request& request) {
  const auto snapshot = engine_.snapshot();
  const std::string& name = request.path_param("name");
  const CheckStatus* check = snapshot->find(name);
  const bool reports = check != nullptr && check->config->heartbeat;
  const Secret* own = reports ? &check->config->heartbeat->token : nullptr;
  if (auto refusal = refuse_without({own, &snapshot->config->api_token}, request)) return std::move(*refusal);
  const Result<HeartbeatReport> report = parse_heartbeat(request.body);
  if (!report) return bad_request(report.error());
  const Result<void> taken = engine_.heartbeat(name, *report);
  if (!taken) return refused(taken.error());
  const auto after = engine_.snapshot();
  const CheckStatus* now = after->find(name);
  return now != nullptr ? uncached(Response::json(200, service_json(*now, false))) : no_such_service(name);
}

Response HealthApi::events(const Request& request) {
  const Result<EventFilter> filter = parse_event_filter(request.target);
  if (!filter) return bad_request(filter.error());
  return uncached(Response::json(200, events_json(history_.events(*filter), filter->limit)));
}

Response HealthApi::post_event(const Request& request) {
  const auto snapshot = engine_.snapshot();
  if (auto refusal = refuse_without({&snapshot->config->api_token}, request)) return std::move(*refusal);
  const Result<Note> note = parse_note(request.body);
  if (!note) return bad_request(note.error());
  if (!note->check.empty() && snapshot->find(note->check) == nullptr) return no_such_service(note->check);
  Event event;
  event.at = engine_.wall();
  event.check = note->check;
  event.reason = note->source;
  event.message = note->message;
  return Response::json(201, event_json(history_.record(std::move(event))));
}

}  // namespace picket::health
