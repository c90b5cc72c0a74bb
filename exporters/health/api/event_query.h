// The query string of GET /api/v1/health/events.
#pragma once

#include "base/http/message.h"
#include "exporters/health/history/event.h"

namespace picket::health {

/// check, state, since, until (RFC 3339), limit (1 to 1000), offset, cursor. InvalidInput names the
/// parameter.
Result<EventFilter> parse_event_filter(const Target& target);

}  // namespace picket::health
