// A receiver of alertd.yml: a name and its integrations.
#pragma once

#include <string>
#include <vector>

#include "alertd/notify/email/email_config.h"
#include "alertd/notify/slack/slack_config.h"
#include "alertd/notify/sms/sms_config.h"
#include "alertd/notify/webhook/webhook_config.h"

namespace picket::alertd {

struct ReceiverConfig {
  std::string name;
  std::vector<EmailConfig> email;
  std::vector<SmsConfig> sms;
  std::vector<SlackConfig> slack;
  std::vector<WebhookConfig> webhook;
};
void read_yaml(MapReader& r, ReceiverConfig& c);

}  // namespace picket::alertd
