// Posts Alertmanager's webhook JSON, version 4. Every try carries the same `Idempotency-Key`.
#pragma once

#include "alertd/notify/notifier.h"
#include "alertd/notify/webhook/webhook_config.h"

namespace picket::alertd {

class WebhookNotifier final : public Notifier {
 public:
  WebhookNotifier(WebhookConfig config, HttpClient& client, const Clock& clock)
      : config_(std::move(config)), client_(client), clock_(clock) {}
  Result<std::vector<Message>> render(const Notification& notification) override;
  DeliveryResult deliver(const std::string& id, const Message& message, Duration timeout) override;
  bool send_resolved() const override { return config_.send_resolved; }

 private:
  const WebhookConfig config_;
  HttpClient& client_;
  const Clock& clock_;
};

}  // namespace picket::alertd
