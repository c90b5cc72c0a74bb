// Posts an attachment to a Slack incoming webhook (or whatever speaks its JSON: Mattermost, Rocket.Chat).
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "alertd/notify/notification_texts.h"
#include "alertd/notify/notifier.h"
#include "alertd/notify/slack/slack_config.h"

namespace picket::alertd {

class SlackNotifier final : public Notifier {
 public:
  /// InvalidInput with every template's first mistake.
  static Result<std::unique_ptr<Notifier>> make(SlackConfig config, const MessageTemplates& templates,
                                                HttpClient& client, const Clock& clock);

  Result<std::vector<Message>> render(const Notification& notification) override;
  DeliveryResult deliver(const std::string& id, const Message& message, Duration timeout) override;
  bool send_resolved() const override { return config_.send_resolved; }

 private:
  /// Key of the JSON object to its template.
  using Fields = std::vector<std::pair<std::string, Template>>;
  struct Texts {
    Fields names;   ///< of the message: channel, username, ...; an error is left out
    Fields values;  ///< of the attachment: its links, colour, ...; an error is left out
    Fields texts;   ///< of the attachment, with Slack's markup
    std::vector<std::pair<Template, Template>> fields;
  };
  SlackNotifier(SlackConfig config, Texts texts, HttpClient& client, const Clock& clock)
      : config_(std::move(config)), texts_(std::move(texts)), client_(client), clock_(clock) {}

  nlohmann::ordered_json attachment(NotificationTexts& texts) const;

  const SlackConfig config_;
  const Texts texts_;
  HttpClient& client_;
  const Clock& clock_;
};

}  // namespace picket::alertd
