#include "alertd/notify/sms/sms_notifier.h"

#include "alertd/notify/notification_texts.h"

namespace picket::alertd {

Result<std::unique_ptr<Notifier>> SmsNotifier::make(SmsConfig config, const MessageTemplates& templates,
                                                    HttpClient& client, const Clock& clock) {
  Result<Template> text = templates.compile(config.text);
  if (!text) return fail(text);
  std::unique_ptr<SmsSender> sender = make_sms_sender(config.provider, client, clock);
  return std::unique_ptr<Notifier>(new SmsNotifier(std::move(config), std::move(*text), std::move(sender)));
}

Result<std::vector<Message>> SmsNotifier::render(const Notification& notification) {
  NotificationTexts texts(notification);
  const Result<std::string> text = texts.value(text_);
  // The text is all there is: without what fires an error would say nothing.
  const std::string shown =
      text ? *text : fmt::format("{} {}", summary_line(notification), error_in_place(text.error()));
  const std::string fitted = fit_segments(shown, config_.max_segments);
  std::vector<Message> messages;
  messages.reserve(config_.to.size());
  for (const std::string& number : config_.to) {
    messages.push_back({.target = number, .summary = summary_line(notification), .payload = fitted});
  }
  messages.front().template_errors = texts.errors();
  return messages;
}

DeliveryResult SmsNotifier::deliver(const std::string& id, const Message& message, Duration timeout) {
  return sender_->send(
      {.from = config_.provider.from, .to = message.target, .text = message.payload, .idempotency_key = id},
      timeout);
}

}  // namespace picket::alertd
