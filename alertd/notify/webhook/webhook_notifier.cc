#include "alertd/notify/webhook/webhook_notifier.h"

#include "alertd/notify/http_delivery.h"
#include "base/crypto/digest.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "base/text/escape.h"
#include "base/time/timestamp.h"

namespace picket::alertd {
namespace {

nlohmann::ordered_json object(const Labels& labels) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const Label& label : labels) json[repair_utf8(label.name)] = repair_utf8(label.value);
  return json;
}

nlohmann::ordered_json alert_json(const Alert& alert) {
  constexpr std::string_view kGoZeroTime = "0001-01-01T00:00:00Z";
  return {{"status", alert.resolved() ? "resolved" : "firing"},
          {"labels", object(alert.labels)},
          {"annotations", object(alert.annotations)},
          {"startsAt", format_rfc3339(alert.starts_at)},
          {"endsAt", alert.resolved() ? format_rfc3339(alert.ends_at) : std::string(kGoZeroTime)},
          {"generatorURL", repair_utf8(alert.generator_url)},
          {"fingerprint", alert.fingerprint().to_string()}};
}

}  // namespace

Result<std::vector<Message>> WebhookNotifier::render(const Notification& n) {
  const std::size_t all = n.alerts.size();
  const std::size_t shown = config_.max_alerts == 0 ? all : std::min(all, config_.max_alerts);
  nlohmann::ordered_json alerts = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < shown; ++i) alerts.push_back(alert_json(n.alerts[i]));
  const nlohmann::ordered_json body = {{"version", "4"},
                                       {"groupKey", n.group_key},
                                       {"truncatedAlerts", all - shown},
                                       {"status", n.status()},
                                       {"receiver", n.receiver},
                                       {"groupLabels", object(n.group_labels)},
                                       {"commonLabels", object(n.common_labels())},
                                       {"commonAnnotations", object(n.common_annotations())},
                                       {"externalURL", n.external_url},
                                       {"notificationReason", n.reason},
                                       {"alerts", std::move(alerts)}};
  return std::vector<Message>{
      {.target = safe_url(config_.url.reveal()), .summary = summary_line(n), .payload = to_json(body)}};
}

DeliveryResult WebhookNotifier::deliver(const std::string& id, const Message& message, Duration timeout) {
  OutboundRequest request;
  request.method = picket::Method::Post;
  request.url = config_.url.reveal();
  request.body = message.payload;
  request.config = config_.http;
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Idempotency-Key", id);
  if (!config_.signing_secret.empty()) {
    request.headers.set(
        "X-Picket-Signature",
        "sha256=" + hex_encode(hmac_sha256(config_.signing_secret.reveal(), message.payload)));
  }
  request.timeout = std::min(timeout, config_.timeout);
  return post(client_, clock_, request, config_.url).result;
}

}  // namespace picket::alertd
