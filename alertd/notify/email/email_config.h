// `email_configs:` of a receiver, with Alertmanager's keys. What is not set comes from `global.smtp_*`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "alertd/notify/message_templates.h"
#include "base/deliver/email.h"

namespace picket::alertd {

/// What global and receiver have in common.
struct SmtpSettings {
  std::string smarthost;  ///< host:port
  std::string from, hello, auth_username;
  Secret auth_password, auth_secret;
  std::optional<bool> require_tls;  ///< default true; port 465 is TLS from the start
  std::optional<TlsConfig> tls;

  /// Own values, with those of `defaults` where there are none.
  SmtpSettings over(const SmtpSettings& defaults) const;
};
/// InvalidInput for a smarthost that is not host:port.
Result<SmtpConfig> to_smtp_config(const SmtpSettings& settings);

struct EmailConfig {
  bool send_resolved = true;
  std::vector<std::string> to;
  SmtpSettings smtp;
  TemplateText subject{R"({{ template "email.default.subject" . }})", {}};
  TemplateText html{R"({{ template "email.default.html" . }})", {}};
  TemplateText text{R"({{ template "picket.text" . }})", {}};
  std::map<std::string, std::string> headers;  ///< "Subject" replaces `subject`
};
void read_yaml(MapReader& r, EmailConfig& c);

}  // namespace picket::alertd
