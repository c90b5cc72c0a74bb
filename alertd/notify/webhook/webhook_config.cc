#include "alertd/notify/webhook/webhook_config.h"

namespace picket::alertd {

void read_yaml(MapReader& r, WebhookConfig& c) {
  r.read("send_resolved", c.send_resolved);
  r.read_secret("url", c.url);
  if (c.url.empty()) r.problem("", "url is required");
  if (!c.url.empty() && !c.url.reveal().starts_with("http://") && !c.url.reveal().starts_with("https://")) {
    r.problem("url", "must start with http:// or https://");
  }
  r.read("http_config", c.http);
  r.read("max_alerts", c.max_alerts);
  r.read("timeout", c.timeout);
  r.read_secret("signing_secret", c.signing_secret);
}

}  // namespace picket::alertd
