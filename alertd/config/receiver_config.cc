#include "alertd/config/receiver_config.h"

#include <array>

namespace picket::alertd {
namespace {

/// Alertmanager's other integrations: known by name, so that the message can say more than "unknown key".
constexpr std::array kElsewhere = {"pagerduty_configs",  "opsgenie_configs",   "victorops_configs",
                                   "pushover_configs",   "wechat_configs",     "sns_configs",
                                   "telegram_configs",   "discord_configs",    "webex_configs",
                                   "msteams_configs",    "msteamsv2_configs",  "jira_configs",
                                   "rocketchat_configs", "mattermost_configs", "incidentio_configs"};

}  // namespace

void read_yaml(MapReader& r, ReceiverConfig& c) {
  r.require("name", c.name);
  r.read("email_configs", c.email);
  r.read("sms_configs", c.sms);
  r.read("slack_configs", c.slack);
  r.read("webhook_configs", c.webhook);
  for (const char* key : kElsewhere) {
    if (!r.has(key)) continue;
    r.ignore(key);
    r.problem(key, "is not supported; email, sms, slack and webhook are");
  }
}

}  // namespace picket::alertd
