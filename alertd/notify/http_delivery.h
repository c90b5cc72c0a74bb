// Posting a rendered message over HTTP, and what the answer means. Shared by webhook and Slack.
#pragma once

#include <string>

#include "base/deliver/http_delivery.h"

namespace picket::alertd {

/// "https://hooks.example.org/...": scheme and host, without the path that may hold a token.
std::string safe_url(std::string_view url);

/// deliver_over_http, with `redact` (the URL) cut out of what it says and the peer's request id kept.
HttpDelivery post(HttpClient& client, const Clock& clock, const OutboundRequest& request,
                  const Secret& redact);

}  // namespace picket::alertd
