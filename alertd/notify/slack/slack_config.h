// `slack_configs:` of a receiver, with Alertmanager's keys (incoming webhooks).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alertd/notify/message_templates.h"
#include "base/http/client.h"

namespace picket::alertd {

struct SlackField {
  TemplateText title, value;
  std::optional<bool> is_short;  ///< none: short_fields
};
void read_yaml(MapReader& r, SlackField& c);

struct SlackConfig {
  std::string content_key;  ///< of the list entry that this was read from (content_key.h)
  bool send_resolved = true;
  Secret api_url;                  ///< "": global.slack_api_url
  std::optional<HttpConfig> http;  ///< none: global.http_config
  TemplateText channel, username, icon_emoji, icon_url;
  TemplateText title{R"({{ template "slack.default.title" . }})", {}};
  TemplateText title_link{R"({{ template "slack.default.titlelink" . }})", {}};
  TemplateText text{R"({{ template "slack.default.text" . }})", {}};
  TemplateText fallback{R"({{ template "slack.default.fallback" . }})", {}};
  TemplateText color{R"({{ template "slack.default.color" . }})", {}};
  TemplateText pretext, footer, callback_id, image_url, thumb_url;
  std::vector<SlackField> fields;
  bool short_fields = false;
  bool link_names = false;
  std::vector<std::string> mrkdwn_in{"fallback", "pretext", "text"};
};
void read_yaml(MapReader& r, SlackConfig& c);

}  // namespace picket::alertd
