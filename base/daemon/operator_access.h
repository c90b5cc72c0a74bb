// Who may use the daemon's own routes. /-/reload is for this machine and for users of web.config.yml;
// /metrics is for whoever connects directly. A request with a proxy's header fields comes from somebody else
// than the peer, so it needs a user of web.config.yml for both.
#pragma once

#include <optional>

#include "base/http/message.h"

namespace picket {

/// True with any field by which a proxy names its client (Forwarded, Via, X-Forwarded-*, X-Real-IP, ...),
/// whatever its value.
bool is_forwarded(const Request& request);

/// The 403 that a reload gets, or nothing when it is allowed.
std::optional<Response> refuse_reload(const Request& request);
/// The 403 that a scrape gets, or nothing when it is allowed.
std::optional<Response> refuse_metrics(const Request& request);

}  // namespace picket
