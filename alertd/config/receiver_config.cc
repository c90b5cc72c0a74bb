#include "alertd/config/receiver_config.h"

#include <algorithm>
#include <array>
#include <optional>

#include "alertd/notify/content_key.h"

namespace picket::alertd {
namespace {

/// Alertmanager's other integrations: known by name, so that the message can say more than "unknown key".
constexpr std::array kElsewhere = {"pagerduty_configs",  "opsgenie_configs",   "victorops_configs",
                                   "pushover_configs",   "wechat_configs",     "sns_configs",
                                   "telegram_configs",   "discord_configs",    "webex_configs",
                                   "msteams_configs",    "msteamsv2_configs",  "jira_configs",
                                   "rocketchat_configs", "mattermost_configs", "incidentio_configs"};

/// `<kind>_configs`, each with the key by which it is found again after a reload.
template <class Config>
void read_integrations(MapReader& r, std::string_view kind, std::vector<Config>& out) {
  const std::string key = fmt::format("{}_configs", kind);
  r.read(key, out);
  const std::optional<ValueReader> list = r.at(key);
  for (std::size_t i = 0; list && i < std::min(out.size(), list->node().items.size()); ++i)
    out[i].content_key = content_key(kind, list->node().items[i]);
}

}  // namespace

void read_yaml(MapReader& r, ReceiverConfig& c) {
  r.require("name", c.name);
  read_integrations(r, "email", c.email);
  read_integrations(r, "sms", c.sms);
  read_integrations(r, "slack", c.slack);
  read_integrations(r, "webhook", c.webhook);
  for (const char* key : kElsewhere) {
    if (!r.has(key)) continue;
    r.ignore(key);
    r.problem(key, "is not supported; email, sms, slack and webhook are");
  }
}

}  // namespace picket::alertd
