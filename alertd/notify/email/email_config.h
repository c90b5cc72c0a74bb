// `email_configs:` of a receiver, with Alertmanager's keys. What is not set comes from `global.smtp_*`.
#pragma once

#include <map>
#include <string>

#include "alertd/notify/message_templates.h"
#include "base/deliver/smtp_settings.h"

namespace picket::alertd {

struct EmailConfig {
  std::string content_key;  ///< of the list entry that this was read from (content_key.h)
  bool send_resolved = true;
  TemplateText to;    ///< a list of mailboxes
  SmtpSettings smtp;  ///< `from` is a template
  Position from_position;
  TemplateText subject{R"({{ template "email.default.subject" . }})", {}};
  TemplateText html{R"({{ template "email.default.html" . }})", {}};
  TemplateText text{R"({{ template "picket.text" . }})", {}};
  std::map<std::string, std::string> headers;  ///< templates; "Subject" replaces `subject`
};
void read_yaml(MapReader& r, EmailConfig& c);

/// A problem when it is not one address; a template is looked at when it is expanded.
void check_mailbox(MapReader& r, std::string_view key, std::string_view mailbox);

}  // namespace picket::alertd
