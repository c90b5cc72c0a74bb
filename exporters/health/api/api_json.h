// What the HTTP API writes and reads as JSON. The only files that know the JSON library.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "exporters/health/checks/rollup.h"
#include "exporters/health/engine/engine.h"

namespace picket::health {

/// One service as an object. `detailed` adds phases, counters and times.
std::string service_json(const CheckStatus& check, bool detailed);
/// {"status", "time", "summary": {state: count}, "groups": [{name, title, state}], "services": [...]}
std::string detailed_json(const Snapshot& snapshot, Overall overall);
/// {"total", "services": [...]}; "" and empty do not filter.
std::string services_json(const Snapshot& snapshot, std::string_view group, std::optional<State> state);
/// {"status", "checks": [{name, state}]}
std::string business_json(std::string_view status, std::span<const CheckStatus* const> checks);
/// {"services": [{name, uptime, seconds_in_state}]}
std::string uptime_json(const Snapshot& snapshot);
std::string event_json(const Event& event);
/// {"events": [...], "next_cursor", "complete"}; a cursor when the page is full.
std::string events_json(const HistoryRecorder::Page& page, std::size_t limit);
std::string status_json(std::string_view status, std::string_view reason);

/// {"status", "message", "ttl", "latency_ms"}: a heartbeat. InvalidInput says which field is wrong.
Result<HeartbeatReport> parse_heartbeat(std::string_view body);
/// {"message", "check", "source"}: a note.
struct Note {
  std::string message, check, source;
};
Result<Note> parse_note(std::string_view body);

}  // namespace picket::health
