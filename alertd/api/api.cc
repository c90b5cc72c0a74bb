#include "alertd/api/api.h"

#include <algorithm>
#include <array>

#include "alertd/api/alerts_exposition.h"
#include "alertd/api/api_json.h"
#include "alertd/api/prometheus_answer.h"
#include "alertd/api/rules_json.h"
#include "base/daemon/version.h"
#include "base/text/numbers.h"

namespace picket::alertd {
namespace {

constexpr int kMostRows = 1000;

Response no_store() {
  return Response::problem(503, "The alert store is not available", "It is tried again; see the log.");
}

Response failed(const Error& error) {
  return Response::problem(503, "The alert store did not answer", error.message);
}

std::string param(const Request& request, std::string_view name) {
  const std::string* value = request.target.param(name);
  return value == nullptr ? "" : *value;
}

Response list_rules(const ApiSources& sources, const Request& request) {
  const Result<RuleFilter> filter = parse_rule_filter(request.target);
  if (!filter) return prometheus_error(400, "bad_data", filter.error().message);
  return rules_answer(sources.rules(), *filter);
}

Response list_alerts(const ApiSources& sources, const Request& request) {
  const Result<RuleFilter> filter = parse_rule_filter(request.target);
  if (!filter) return prometheus_error(400, "bad_data", filter.error().message);
  return alerts_answer(sources.rules(), *filter);
}

Response build_info() {
  return prometheus_success({{"version", version()},
                             {"revision", revision()},
                             {"branch", ""},
                             {"buildUser", ""},
                             {"buildDate", ""},
                             {"goVersion", ""},
                             {"application", "Picket alertd"}});
}

Response list_deliveries(const ApiSources& sources, const Request& request) {
  const std::shared_ptr<Outbox> outbox = sources.outbox();
  if (outbox == nullptr) return no_store();
  DeliveryFilter filter{.state = param(request, "state"),
                        .receiver = param(request, "receiver"),
                        .group_key = param(request, "group"),
                        .before_id = param(request, "before")};
  constexpr std::array<std::string_view, 5> kStates = {"", "pending", "delivered", "failed", "expired"};
  if (std::ranges::find(kStates, filter.state) == kStates.end()) {
    return Response::problem(400, "Bad parameter", "state is one of pending, delivered, failed, expired");
  }
  if (const std::string* limit = request.target.param("limit")) {
    const Result<std::int64_t> number = parse_int(*limit);
    if (!number || *number < 1 || *number > kMostRows)
      return Response::problem(400, "Bad parameter", "limit is a number from 1 to 1000");
    filter.limit = static_cast<int>(*number);
  }
  const Result<std::vector<Delivery>> deliveries = outbox->list(filter);
  if (!deliveries) return failed(deliveries.error());
  return Response::json(200, deliveries_json(*deliveries));
}

Response show_delivery(const ApiSources& sources, const Request& request) {
  const std::shared_ptr<Outbox> outbox = sources.outbox();
  if (outbox == nullptr) return no_store();
  const std::string& id = request.path_param("id");
  const Result<std::optional<Delivery>> delivery = outbox->find(id);
  if (!delivery) return failed(delivery.error());
  if (!delivery->has_value())
    return Response::problem(404, "No such delivery", "It may have passed its retention.");
  const Result<std::vector<Attempt>> attempts = outbox->attempts(id);
  if (!attempts) return failed(attempts.error());
  return Response::json(200, delivery_json(**delivery, *attempts));
}

}  // namespace

void add_api(Router& router, ApiSources sources) {
  const auto shared = std::make_shared<const ApiSources>(std::move(sources));
  router.get("/api/v1/rules", [shared](const Request& request) { return list_rules(*shared, request); },
             {.name = "rules", .summary = "Rules and the state of their alerts", .on_landing = true});
  router.get("/api/v1/alerts", [shared](const Request& request) { return list_alerts(*shared, request); },
             {.name = "alerts", .summary = "Pending and firing alerts", .on_landing = true});
  router.get("/alerts/metrics",
             [shared](const Request& request) { return alerts_exposition(shared->rules(), request); },
             {.name = "alerts_metrics",
              .summary = "Pending and firing alerts as the series ALERTS, for Prometheus",
              .on_landing = true});
  router.get("/api/v1/status/buildinfo", [](const Request&) { return build_info(); },
             {.name = "buildinfo", .summary = "What this build is"});
  router.get("/api/v2/alerts/groups",
             [shared](const Request&) { return Response::json(200, groups_json(shared->groups())); },
             {.name = "groups", .summary = "Open groups and when they speak next", .on_landing = true});
  router.get("/api/v1/deliveries",
             [shared](const Request& request) { return list_deliveries(*shared, request); },
             {.name = "deliveries",
              .summary = "Every notification, newest first, with its fate",
              .on_landing = true});
  router.get("/api/v1/deliveries/{id}",
             [shared](const Request& request) { return show_delivery(*shared, request); },
             {.name = "delivery", .summary = "One notification with every try"});
}

}  // namespace picket::alertd
