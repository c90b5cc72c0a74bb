#include "alertd/notify/webhook/webhook_config.h"

#include "alertd/notify/message_templates.h"

namespace picket::alertd {

void read_yaml(MapReader& r, WebhookConfig& c) {
  r.read("send_resolved", c.send_resolved);
  const char* const key = r.has("url") ? "url" : "url_file";
  if (r.require_secret("url", c.url)) {
    c.url_position = r.at(key)->node().position;
    const std::string_view url = c.url.reveal();
    const std::string_view start = url.substr(0, url.find("{{"));
    if (!has_actions(url)) {
      check_url(r, key, url);
    } else if (!start.empty() && !start.starts_with("http://") && !start.starts_with("https://")) {
      r.problem(key, "must start with http:// or https://");
    }
  }
  r.read("http_config", c.http);
  r.read("max_alerts", c.max_alerts);
  if (r.read("timeout", c.timeout) && c.timeout <= Duration::zero())
    r.problem("timeout", "must be more than 0");
  r.read_secret("signing_secret", c.signing_secret);
}

}  // namespace picket::alertd
