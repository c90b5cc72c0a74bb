// Posting a rendered message over HTTP, and what the answer means. Shared by webhook and Slack.
#pragma once

#include <string>

#include "base/deliver/delivery.h"
#include "base/http/client.h"

namespace picket::alertd {

/// "https://hooks.example.org/...": scheme and host, without the path that may hold a token.
std::string safe_url(std::string_view url);

/// Sends and classifies: 2xx delivered, 429 and 5xx retried (after Retry-After), other 4xx permanent, no
/// answer retried and perhaps delivered. `redact` is cut out of errors.
DeliveryResult post(HttpClient& client, const OutboundRequest& request, const Secret& redact);

}  // namespace picket::alertd
