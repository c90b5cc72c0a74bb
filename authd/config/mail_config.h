// The `mail:` and `sms:` parts of authd.yml: how links and codes reach people. The keys of servers and
// providers are those of alertd.
#pragma once

#include <optional>
#include <string>

#include "base/deliver/email.h"
#include "base/deliver/sms_provider.h"

namespace picket::authd {

struct MailConfig {
  std::string from{};                ///< "Picket <auth@example.org>"
  std::optional<SmtpConfig> smtp{};  ///< exactly one of the two
  std::optional<SendGridConfig> sendgrid{};
  Duration timeout = std::chrono::seconds(10);  ///< of one message
};
void read_yaml(MapReader& r, MailConfig& c);

struct SmsConfig {
  SmsProviderConfig provider{};
  Duration timeout = std::chrono::seconds(10);
};
void read_yaml(MapReader& r, SmsConfig& c);

/// All must outlive the sender.
struct MailParts {
  HttpClient& client;
  Resolver& resolver;
  const Clock& clock;
  Random& random;
};
std::unique_ptr<EmailSender> make_email_sender(const MailConfig& config, const MailParts& parts);

}  // namespace picket::authd
