// `email_configs:` of a receiver, with Alertmanager's keys. What is not set comes from `global.smtp_*`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "alertd/notify/message_templates.h"
#include "base/deliver/smtp_settings.h"

namespace picket::alertd {

struct EmailConfig {
  std::string content_key;  ///< of the list entry that this was read from (content_key.h)
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
