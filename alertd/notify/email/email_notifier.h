// An email to each address of the integration. The Message-ID is made from the
// delivery's id, so that mail systems can drop a repeat.
#pragma once

#include <memory>

#include "alertd/notify/email/email_config.h"
#include "alertd/notify/notification_texts.h"
#include "alertd/notify/notifier.h"

namespace picket::alertd {

/// What an email notifier is given besides its configuration.
struct EmailServices {
  const MessageTemplates& templates;
  const Clock& clock;
  Random& random;
  Resolver& resolver;
};

class EmailNotifier final : public Notifier {
 public:
  /// `config.smtp` has global's values already.
  static Result<std::unique_ptr<Notifier>> make(EmailConfig config, const EmailServices& services);

  Result<std::vector<Message>> render(const Notification& notification) override;
  DeliveryResult deliver(const std::string& id, const Message& message, Duration timeout) override;
  bool send_resolved() const override { return config_.send_resolved; }
  void stop() override { sender_->stop(); }
  /// A server may take its time to answer the message itself (RFC 5321 4.5.3.2.6).
  Duration attempt_timeout() const override { return kConversation + kAnswer; }

 private:
  static constexpr Duration kConversation = std::chrono::seconds(30);
  static constexpr Duration kAnswer = std::chrono::minutes(10);

  struct Texts {
    Template to, from, subject, html, text;
    std::vector<std::pair<std::string, Template>> headers;
  };
  EmailNotifier(EmailConfig config, Texts texts, std::unique_ptr<EmailSender> sender)
      : config_(std::move(config)), texts_(std::move(texts)), sender_(std::move(sender)) {}
  std::vector<std::string> recipients(NotificationTexts& texts) const;

  const EmailConfig config_;
  const Texts texts_;
  const std::unique_ptr<EmailSender> sender_;
};

}  // namespace picket::alertd
