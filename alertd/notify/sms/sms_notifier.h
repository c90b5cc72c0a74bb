// Sends the text to each number as a message of its own, so that each succeeds or fails alone.
#pragma once

#include <memory>

#include "alertd/notify/notifier.h"
#include "alertd/notify/sms/sms_config.h"

namespace picket::alertd {

class SmsNotifier final : public Notifier {
 public:
  static Result<std::unique_ptr<Notifier>> make(SmsConfig config, const MessageTemplates& templates,
                                                HttpClient& client, const Clock& clock);

  Result<std::vector<Message>> render(const Notification& notification) override;
  DeliveryResult deliver(const std::string& id, const Message& message, Duration timeout) override;
  bool send_resolved() const override { return config_.send_resolved; }

 private:
  SmsNotifier(SmsConfig config, Template text, std::unique_ptr<SmsSender> sender)
      : config_(std::move(config)), text_(std::move(text)), sender_(std::move(sender)) {}
  const SmsConfig config_;
  const Template text_;
  const std::unique_ptr<SmsSender> sender_;
};

}  // namespace picket::alertd
