#include "alertd/notify/slack/slack_config.h"

namespace picket::alertd {

void read_yaml(MapReader& r, SlackField& c) {
  r.require("title", c.title);
  r.require("value", c.value);
  r.read("short", c.is_short);
}

void read_yaml(MapReader& r, SlackConfig& c) {
  r.read("send_resolved", c.send_resolved);
  if (r.read_secret("api_url", c.api_url)) check_url(r, "api_url", c.api_url.reveal());
  r.read("http_config", c.http);
  r.read("channel", c.channel);
  r.read("username", c.username);
  r.read("icon_emoji", c.icon_emoji);
  r.read("icon_url", c.icon_url);
  r.read("title", c.title);
  r.read("title_link", c.title_link);
  r.read("text", c.text);
  r.read("fallback", c.fallback);
  r.read("color", c.color);
  r.read("pretext", c.pretext);
  r.read("footer", c.footer);
  r.read("callback_id", c.callback_id);
  r.read("image_url", c.image_url);
  r.read("thumb_url", c.thumb_url);
  r.read("fields", c.fields);
  r.read("short_fields", c.short_fields);
  r.read("link_names", c.link_names);
  r.read("mrkdwn_in", c.mrkdwn_in);
}

}  // namespace picket::alertd
