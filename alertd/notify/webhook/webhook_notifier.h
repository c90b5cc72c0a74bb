// Posts Alertmanager's webhook JSON, version 4. Every try carries the same `Idempotency-Key`. A templated URL
// is expanded at each try, from what the stored message says: it may hold a token, and is stored nowhere.
#pragma once

#include <memory>
#include <optional>

#include "alertd/notify/message_templates.h"
#include "alertd/notify/notifier.h"
#include "alertd/notify/webhook/webhook_config.h"

namespace picket::alertd {

class WebhookNotifier final : public Notifier {
 public:
  /// InvalidInput with the mistake of the URL's template.
  static Result<std::unique_ptr<Notifier>> make(WebhookConfig config, const MessageTemplates& templates,
                                                HttpClient& client, const Clock& clock);

  Result<std::vector<Message>> render(const Notification& notification) override;
  DeliveryResult deliver(const std::string& id, const Message& message, Duration timeout) override;
  bool send_resolved() const override { return config_.send_resolved; }
  Duration attempt_timeout() const override { return config_.timeout; }

 private:
  WebhookNotifier(WebhookConfig config, Template url, HttpClient& client, const Clock& clock)
      : config_(std::move(config)), url_(std::move(url)), client_(client), clock_(clock) {}

  Result<std::string> url_for(const Notification& notification) const;
  Result<std::string> url_for(const Message& message) const;

  const WebhookConfig config_;
  const Template url_;
  HttpClient& client_;
  const Clock& clock_;
};

}  // namespace picket::alertd
