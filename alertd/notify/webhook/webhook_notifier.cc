#include "alertd/notify/webhook/webhook_notifier.h"

#include <algorithm>

#include "alertd/notify/http_delivery.h"
#include "alertd/notify/notification_texts.h"
#include "alertd/notify/webhook/webhook_body.h"
#include "base/crypto/digest.h"
#include "base/http/client_url.h"
#include "base/text/encoding.h"

namespace picket::alertd {

Result<std::unique_ptr<Notifier>> WebhookNotifier::make(WebhookConfig config,
                                                        const MessageTemplates& templates, HttpClient& client,
                                                        const Clock& clock) {
  Result<Template> url = templates.compile({config.url.reveal(), config.url_position});
  if (!url) return fail(url);
  return std::unique_ptr<Notifier>(new WebhookNotifier(std::move(config), std::move(*url), client, clock));
}

Result<std::string> WebhookNotifier::url_for(const Notification& notification) const {
  Result<std::string> url = NotificationTexts(notification).value(url_);
  if (!url) return url;
  const Result<ClientUrl> parsed = ClientUrl::parse(*url);
  if (!parsed) return fail(parsed);
  return url;
}

Result<std::string> WebhookNotifier::url_for(const Message& message) const {
  if (url_.is_literal()) return config_.url.reveal();
  Result<Notification> notification = read_webhook_body(message.payload);
  if (!notification) return fail(notification);
  notification->now = clock_.wall();
  return url_for(*notification);
}

Result<std::vector<Message>> WebhookNotifier::render(const Notification& n) {
  const Result<std::string> url =
      url_.is_literal() ? config_.url.reveal() : url_for(without_surplus(n, config_.max_alerts));
  Message message{.target = url ? safe_url(*url) : "(no valid URL)",
                  .summary = summary_line(n),
                  .payload = webhook_body(n, config_.max_alerts)};
  if (!url) message.template_errors.push_back("url: " + url.error().message);
  return std::vector<Message>{std::move(message)};
}

DeliveryResult WebhookNotifier::deliver(const std::string& id, const Message& message, Duration timeout) {
  const Result<std::string> url = url_for(message);
  if (!url) {
    DeliveryResult nowhere;
    nowhere.outcome = DeliveryOutcome::Permanent;
    nowhere.detail = "url: " + url.error().message;
    return nowhere;
  }
  OutboundRequest request;
  request.method = picket::Method::Post;
  request.url = *url;
  request.body = message.payload;
  request.config = config_.http.value_or(HttpConfig{});
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Idempotency-Key", id);
  if (!message.supersedes.empty()) request.headers.set("Picket-Supersedes", message.supersedes);
  if (!config_.signing_secret.empty()) {
    request.headers.set(
        "X-Picket-Signature",
        "sha256=" + hex_encode(hmac_sha256(config_.signing_secret.reveal(), message.payload)));
  }
  request.timeout = std::min(timeout, config_.timeout);
  return post(client_, clock_, request, Secret(*url)).result;
}

}  // namespace picket::alertd
