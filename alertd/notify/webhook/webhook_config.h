// `webhook_configs:` of a receiver, with Alertmanager's keys, and a signing secret of ours.
#pragma once

#include <optional>
#include <string>

#include "base/http/client.h"

namespace picket::alertd {

struct WebhookConfig {
  std::string content_key;  ///< of the list entry that this was read from (content_key.h)
  bool send_resolved = true;
  Secret url;                      ///< a template; may carry a token
  Position url_position;           ///< of the text, or of the file's name
  std::optional<HttpConfig> http;  ///< none: global.http_config
  std::size_t max_alerts = 0;      ///< 0: all
  Duration timeout = std::chrono::seconds(30);
  /// When set, each request carries `X-Picket-Signature: sha256=<hex HMAC of the body>`.
  Secret signing_secret;
};
void read_yaml(MapReader& r, WebhookConfig& c);

}  // namespace picket::alertd
