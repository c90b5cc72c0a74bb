// What the HTTP API writes as JSON. Pure.
#pragma once

#include <span>
#include <string>

#include "exporters/security/api/posture_view.h"
#include "exporters/security/api/top_list.h"
#include "exporters/security/events/event_filter.h"

namespace picket::security {

/// What a caller sees who sees no addresses: keys that look the same then are one entry.
TopList masked(const TopList& list);
/// Keys made readable(), clients of one address without a prefix.
TopList readable(const TopList& list);

/// {"events": [...], "next_cursor", "masked"}; the events are readable(), as the store has them.
std::string events_json(const EventPage& page, bool is_masked);
/// {"lists": [{"measure", "entries": [{"key", "count", "error", "claimed"}]}], "masked"}
std::string top_json(std::span<const TopList> lists, bool is_masked);
/// {"targets": [{"target", "score", "scanned", "error", "findings": [...], "passed": [...]}]}
std::string posture_json(std::span<const PostureTarget> targets);

}  // namespace picket::security
