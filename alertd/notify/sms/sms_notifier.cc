#include "alertd/notify/sms/sms_notifier.h"

#include "base/text/strings.h"

namespace picket::alertd {
namespace {

std::unique_ptr<SmsSender> make_sender(const SmsConfig& config, HttpClient& client, const Clock& clock) {
  switch (config.provider) {
    case SmsProvider::Twilio:
      return make_twilio_sender(config.twilio, client, clock);
    case SmsProvider::Vonage:
      return make_vonage_sender(config.vonage, client, clock);
    case SmsProvider::Sns:
      return make_sns_sender(config.sns, client, clock);
    case SmsProvider::Http:
      return make_http_gateway_sender(config.gateway, client, clock);
  }
  return nullptr;
}

}  // namespace

Result<std::unique_ptr<Notifier>> SmsNotifier::make(SmsConfig config, const MessageTemplates& templates,
                                                    HttpClient& client, const Clock& clock) {
  Result<Template> text = templates.compile(config.text);
  if (!text) return fail(text);
  std::unique_ptr<SmsSender> sender = make_sender(config, client, clock);
  return std::unique_ptr<Notifier>(new SmsNotifier(std::move(config), std::move(*text), std::move(sender)));
}

Result<std::vector<Message>> SmsNotifier::render(const Notification& notification) {
  const Result<std::string> text = expand(text_, notification);
  if (!text) return fail(text);
  const std::string fitted = fit_segments(trim(*text), config_.max_segments);
  std::vector<Message> messages;
  messages.reserve(config_.to.size());
  for (const std::string& number : config_.to) {
    messages.push_back({.target = number, .summary = summary_line(notification), .payload = fitted});
  }
  return messages;
}

DeliveryResult SmsNotifier::deliver(const std::string& id, const Message& message, Duration timeout) {
  return sender_->send(
      {.from = config_.from, .to = message.target, .text = message.payload, .idempotency_key = id}, timeout);
}

}  // namespace picket::alertd
