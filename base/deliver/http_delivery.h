// One HTTP request that delivers something, judged by its status. Shared by the SMS providers, SendGrid and
// alertd's notifiers. Safe from any thread; blocks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/deliver/delivery.h"
#include "base/http/client.h"
#include "base/time/clock.h"

namespace picket {

struct HttpDelivery {
  DeliveryResult result;  ///< by the status alone; the caller refines it by what the body says
  Response response;      ///< empty when there was no answer
  bool answered = false;
};

/// Sends `request`. `detail` is "HTTP 503 Service Unavailable: <start of the body>", or why there was no
/// answer. maybe_delivered when the request may have arrived although no answer came.
/// A redirect that would drop the message (301, 302, 303) is a failure.
HttpDelivery deliver_over_http(HttpClient& client, OutboundRequest request, const Clock& clock);

/// What Retry-After asks for: seconds or an HTTP date (RFC 9110 10.2.3). At most a day.
std::optional<Duration> retry_after(const Headers& headers, WallTime now);

/// application/x-www-form-urlencoded.
std::string form_encode(const std::vector<std::pair<std::string, std::string>>& fields);

/// `base` without a slash at its end + `path`.
std::string join_url(std::string_view base, std::string_view path);

}  // namespace picket
