#include "alertd/notify/webhook/webhook_body.h"

#include "base/json/json.h"
#include "base/text/escape.h"
#include "base/time/timestamp.h"

namespace picket::alertd {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kGoZeroTime = "0001-01-01T00:00:00Z";

ordered_json object(const Labels& labels) {
  ordered_json json = ordered_json::object();
  for (const Label& label : labels) json[repair_utf8(label.name)] = repair_utf8(label.value);
  return json;
}

ordered_json alert_json(const Alert& alert) {
  return {{"status", alert.resolved() ? "resolved" : "firing"},
          {"labels", object(alert.labels)},
          {"annotations", object(alert.annotations)},
          {"startsAt", format_rfc3339(alert.starts_at)},
          {"endsAt", alert.resolved() ? format_rfc3339(alert.ends_at) : std::string(kGoZeroTime)},
          {"generatorURL", repair_utf8(alert.generator_url)},
          {"fingerprint", alert.fingerprint().to_string()}};
}

std::string text_at(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::vector<Label> labels_at(const nlohmann::json& object, const char* key) {
  std::vector<Label> labels;
  const auto found = object.find(key);
  if (found == object.end() || !found->is_object()) return labels;
  for (const auto& [name, value] : found->items()) {
    if (value.is_string()) labels.push_back({name, value.get<std::string>()});
  }
  return labels;
}

Alert read_alert(const nlohmann::json& json) {
  Alert alert;
  alert.labels = Labels(labels_at(json, "labels"));
  alert.annotations = Labels::with_empty_values(labels_at(json, "annotations"));
  alert.starts_at = parse_rfc3339(text_at(json, "startsAt")).value_or(Timestamp{});
  if (text_at(json, "status") == "resolved")
    alert.ends_at = parse_rfc3339(text_at(json, "endsAt")).value_or(Timestamp{});
  alert.generator_url = text_at(json, "generatorURL");
  return alert;
}

}  // namespace

std::string webhook_body(const Notification& n, std::size_t max_alerts) {
  const std::size_t all = n.alerts.size();
  const std::size_t shown = max_alerts == 0 ? all : std::min(all, max_alerts);
  ordered_json alerts = ordered_json::array();
  for (std::size_t i = 0; i < shown; ++i) alerts.push_back(alert_json(n.alerts[i]));
  return to_json(ordered_json{{"version", "4"},
                              {"groupKey", n.group_key},
                              {"truncatedAlerts", all - shown},
                              {"status", n.status()},
                              {"receiver", n.receiver},
                              {"groupLabels", object(n.group_labels)},
                              {"commonLabels", object(n.common_labels())},
                              {"commonAnnotations", object(n.common_annotations())},
                              {"externalURL", n.external_url},
                              {"notificationReason", n.reason},
                              {"alerts", std::move(alerts)}});
}

Result<Notification> read_webhook_body(std::string_view body) {
  const Result<nlohmann::json> json = parse_json(body);
  if (!json || !json->is_object() || !json->contains("alerts") || !json->at("alerts").is_array())
    return fail(ErrorKind::Corrupt, "the stored message cannot be read");
  Notification n;
  n.receiver = text_at(*json, "receiver");
  n.group_key = text_at(*json, "groupKey");
  n.group_labels = Labels(labels_at(*json, "groupLabels"));
  n.external_url = text_at(*json, "externalURL");
  n.reason = text_at(*json, "notificationReason");
  for (const nlohmann::json& alert : json->at("alerts")) {
    if (alert.is_object()) n.alerts.push_back(read_alert(alert));
  }
  return n;
}

Notification without_surplus(Notification notification, std::size_t max_alerts) {
  if (max_alerts > 0 && notification.alerts.size() > max_alerts) notification.alerts.resize(max_alerts);
  return notification;
}

}  // namespace picket::alertd
