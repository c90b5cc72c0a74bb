#include "alertd/api/api_json.h"

#include "base/json/json.h"
#include "base/text/escape.h"
#include "base/text/numbers.h"
#include "base/time/timestamp.h"

namespace picket::alertd {
namespace {

using Json = nlohmann::ordered_json;

Json object(const Labels& labels) {
  Json json = Json::object();
  for (const Label& label : labels) json[repair_utf8(label.name)] = repair_utf8(label.value);
  return json;
}

Json object(const std::vector<NamedTemplate>& templates) {
  Json json = Json::object();
  for (const NamedTemplate& named : templates) json[named.name] = named.value.text();
  return json;
}

std::string success(Json payload) {
  return to_json(Json{{"status", "success"}, {"data", std::move(payload)}});
}

Json alert_json(const ActiveAlert& alert) {
  return {{"labels", object(alert.labels)},
          {"annotations", object(alert.annotations)},
          {"state", to_string(alert.state)},
          {"activeAt", format_rfc3339(alert.active_at)},
          {"value", format_double(alert.value)}};
}

Json active_alerts(const RuleState& state) {
  Json alerts = Json::array();
  for (const auto& [labels, alert] : state.alerts) {
    if (alert.state != AlertState::Inactive) alerts.push_back(alert_json(alert));
  }
  return alerts;
}

std::string_view rule_state(const RuleState& state) {
  if (state.count(AlertState::Firing) > 0) return to_string(AlertState::Firing);
  return to_string(state.count(AlertState::Pending) > 0 ? AlertState::Pending : AlertState::Inactive);
}

Json rule_json(const AlertingRule& rule, const RuleState& state) {
  return {{"type", "alerting"},
          {"name", rule.name},
          {"query", rule.expr},
          {"duration", seconds(rule.hold)},
          {"keepFiringFor", seconds(rule.keep_firing_for)},
          {"labels", object(rule.labels)},
          {"annotations", object(rule.annotations)},
          {"alerts", active_alerts(state)},
          {"state", rule_state(state)},
          {"health", to_string(state.health)},
          {"lastError", state.last_error},
          {"lastEvaluation", format_rfc3339(state.last_evaluation)},
          {"evaluationTime", seconds(state.evaluation_time)}};
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
               {"lastDetail", d.last_detail}};
  if (d.state == DeliveryState::Pending) {
    json["nextTryAt"] = format_rfc3339(d.next_try_at);
  } else {
    json["finishedAt"] = format_rfc3339(d.finished_at);
  }
  return json;
}

}  // namespace

std::string rules_json(const std::vector<GroupStatus>& groups) {
  Json list = Json::array();
  for (const GroupStatus& status : groups) {
    Json rules = Json::array();
    for (std::size_t i = 0; i < status.group->rules.size() && i < status.states.size(); ++i) {
      rules.push_back(rule_json(status.group->rules[i], *status.states[i]));
    }
    list.push_back({{"name", status.group->name},
                    {"file", status.group->file},
                    {"interval", seconds(status.group->interval)},
                    {"limit", status.group->limit},
                    {"rules", std::move(rules)},
                    {"lastEvaluation", format_rfc3339(status.last_evaluation)},
                    {"evaluationTime", seconds(status.evaluation_time)}});
  }
  return success({{"groups", std::move(list)}});
}

std::string alerts_json(const std::vector<GroupStatus>& groups) {
  Json list = Json::array();
  for (const GroupStatus& status : groups) {
    for (const std::shared_ptr<const RuleState>& state : status.states) {
      for (Json& alert : active_alerts(*state)) list.push_back(std::move(alert));
    }
  }
  return success({{"alerts", std::move(list)}});
}

std::string groups_json(const std::vector<Dispatcher::GroupStatus>& groups) {
  Json list = Json::array();
  for (const Dispatcher::GroupStatus& group : groups) {
    Json alerts = Json::array();
    for (const Alert& alert : group.alerts) {
      alerts.push_back(
          {{"fingerprint", alert.fingerprint().to_string()},
           {"labels", object(alert.labels)},
           {"annotations", object(alert.annotations)},
           {"startsAt", format_rfc3339(alert.starts_at)},
           {"endsAt", alert.resolved() ? Json(format_rfc3339(alert.ends_at)) : Json(nullptr)},
           {"updatedAt", format_rfc3339(alert.updated_at)},
           {"generatorURL", alert.generator_url},
           {"receivers", Json::array({{{"name", group.receiver}}})},
           {"status", {{"state", "active"}, {"silencedBy", Json::array()}, {"inhibitedBy", Json::array()}}}});
    }
    list.push_back({{"labels", object(group.labels)},
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
