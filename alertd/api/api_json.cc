#include "alertd/api/api_json.h"

#include "alertd/api/prometheus_answer.h"
#include "base/json/json.h"
#include "base/time/timestamp.h"

namespace picket::alertd {
namespace {

using Json = nlohmann::ordered_json;

std::string success(Json payload) {
  return to_json(Json{{"status", "success"}, {"data", std::move(payload)}});
}

Json delivery_object(const Delivery& d) {
  Json json = {{"id", d.id},
               {"receiver", d.receiver},
               {"integration", d.integration},
               {"target", d.target},
               {"status", d.status},
               {"summary", d.summary},
               {"state", to_string(d.state)},
               {"attempts", d.attempts},
               {"groupKey", d.group_key},
               {"createdAt", format_rfc3339(d.created_at)},
               {"supersedes", d.supersedes},
               {"lastDetail", d.last_detail}};
  if (d.state == DeliveryState::Pending) {
    json["nextTryAt"] = format_rfc3339(d.next_try_at);
  } else {
    json["finishedAt"] = format_rfc3339(d.finished_at);
  }
  return json;
}

}  // namespace

std::string groups_json(const std::vector<Dispatcher::GroupStatus>& groups) {
  Json list = Json::array();
  for (const Dispatcher::GroupStatus& group : groups) {
    Json alerts = Json::array();
    for (const Alert& alert : group.alerts) {
      alerts.push_back(
          {{"fingerprint", alert.fingerprint().to_string()},
           {"labels", labels_object(alert.labels)},
           {"annotations", labels_object(alert.annotations)},
           {"startsAt", format_rfc3339(alert.starts_at)},
           {"endsAt", alert.resolved() ? Json(format_rfc3339(alert.ends_at)) : Json(nullptr)},
           {"updatedAt", format_rfc3339(alert.updated_at)},
           {"generatorURL", alert.generator_url},
           {"receivers", Json::array({{{"name", group.receiver}}})},
           {"status", {{"state", "active"}, {"silencedBy", Json::array()}, {"inhibitedBy", Json::array()}}}});
    }
    list.push_back({{"labels", labels_object(group.labels)},
                    {"receiver", {{"name", group.receiver}}},
                    {"groupKey", group.key},
                    {"nextFlushAt", format_rfc3339(group.next_flush)},
                    {"alerts", std::move(alerts)}});
  }
  return to_json(list);
}

std::string deliveries_json(const std::vector<Delivery>& deliveries) {
  Json list = Json::array();
  for (const Delivery& delivery : deliveries) list.push_back(delivery_object(delivery));
  Json payload = {{"deliveries", std::move(list)}};
  payload["next"] = deliveries.empty() ? Json(nullptr) : Json(deliveries.back().id);
  return success(std::move(payload));
}

std::string delivery_json(const Delivery& delivery, const std::vector<Attempt>& attempts) {
  Json json = delivery_object(delivery);
  json["payload"] = delivery.payload;
  json["tries"] = Json::array();
  for (const Attempt& attempt : attempts) {
    json["tries"].push_back({{"number", attempt.number},
                             {"startedAt", format_rfc3339(attempt.started_at)},
                             {"outcome", attempt.outcome},
                             {"code", attempt.code},
                             {"detail", attempt.detail},
                             {"providerId", attempt.provider_id},
                             {"latencyMs", attempt.latency_ms},
                             {"maybeDelivered", attempt.maybe_delivered}});
  }
  return success(std::move(json));
}

}  // namespace picket::alertd
