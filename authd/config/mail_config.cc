#include "authd/config/mail_config.h"

#include "base/deliver/mailbox.h"
#include "base/deliver/smtp_settings.h"

namespace picket::authd {
namespace {

constexpr Duration kTimeoutMax = std::chrono::minutes(1);

/// A map of its own below `mail:`.
struct SmtpServer {
  SmtpSettings settings;
};
void read_yaml(MapReader& r, SmtpServer& c) {
  read_smtp_server(r, c.settings);
  if (!r.has("smarthost")) r.problem("", "smarthost is required (host:port)");
}

struct SendGridAccount {
  SendGridConfig config;
};
void read_yaml(MapReader& r, SendGridAccount& c) {
  r.require_secret("api_key", c.config.api_key);
  r.read("api_url", c.config.api_url);
}

void check_timeout(MapReader& r, Duration timeout) {
  if (timeout < std::chrono::seconds(1) || timeout > kTimeoutMax) {
    r.problem("timeout", "must be between 1s and 1m");
  }
}

void read_senders(MapReader& r, MailConfig& c) {
  std::optional<SmtpServer> smtp;
  if (r.read("smtp", smtp)) {
    const auto config = to_smtp_config(smtp->settings);
    if (config) c.smtp = *config;
  }
  std::optional<SendGridAccount> sendgrid;
  if (r.read("sendgrid", sendgrid)) c.sendgrid = sendgrid->config;
  if (r.has("smtp") == r.has("sendgrid")) r.problem("", "needs either smtp or sendgrid");
}

}  // namespace

void read_yaml(MapReader& r, MailConfig& c) {
  if (r.require("from", c.from)) {
    const auto mailbox = parse_mailbox(c.from);
    if (!mailbox) r.problem("from", mailbox.error().message);
  }
  read_senders(r, c);
  r.read("timeout", c.timeout);
  check_timeout(r, c.timeout);
}

void read_yaml(MapReader& r, SmsConfig& c) {
  r.read("timeout", c.timeout);
  check_timeout(r, c.timeout);
  read_sms_provider(r, c.provider);
}

std::unique_ptr<EmailSender> make_email_sender(const MailConfig& config, const MailParts& parts) {
  if (config.smtp) return make_smtp_sender(*config.smtp, parts.clock, parts.random, &parts.resolver);
  check(config.sendgrid.has_value(), "a mail configuration has a sender");
  return make_sendgrid_sender(*config.sendgrid, parts.client, parts.clock);
}

}  // namespace picket::authd
