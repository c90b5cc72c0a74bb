// The query string of GET /api/v1/security/events, and of the page that shows the same.
#pragma once

#include "base/http/message.h"
#include "exporters/security/events/event_filter.h"

namespace picket::security {

/// Whether web.config.yml has authenticated who asks: only they see whole addresses and accounts.
bool sees_everything(const Request& request);

/// from, to (RFC 3339; without a zone UTC), source, kind, category, severity (at least), client (an address or a network), account,
/// text, limit (1 to 1000), cursor; empty ones do not filter. InvalidInput names the parameter; Denied is for
/// what would let callers guess what is masked for them. Their networks are as wide as what they see, and
/// their text is looked for in what they see.
Result<EventFilter> parse_event_filter(const Target& target, bool sees_all);

/// "1767614400000-42"
std::string to_string(const EventCursor& cursor);

}  // namespace picket::security
