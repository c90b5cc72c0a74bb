// What of a check survives a restart.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporters/health/checks/check_state.h"
#include "exporters/health/checks/heartbeat.h"
#include "exporters/health/checks/probe_counters.h"
#include "exporters/health/checks/timeline.h"

namespace picket::health {

struct SavedCheck {
  std::string name;
  State state = State::Unknown;
  WallTime since;
  WallTime seen;  ///< `times` and `spans` are complete up to here
  std::optional<WallTime> last_probe, last_success;
  StateTimes times{};
  std::array<std::uint64_t, kStateCount> entered{};
  ProbeCounters counters;
  std::vector<Timeline::Span> spans;
  std::optional<Heartbeat::Saved> heartbeat;  ///< of a service that reports by itself
};

/// The numbers as one line of text each, and back. Corrupt when the text is not what these wrote.
std::string encode_times(const SavedCheck& check);
std::string encode_counters(const SavedCheck& check);
std::string encode_spans(const std::vector<Timeline::Span>& spans);
Result<void> decode_times(std::string_view text, SavedCheck& check);
Result<void> decode_counters(std::string_view text, SavedCheck& check);
Result<std::vector<Timeline::Span>> decode_spans(std::string_view text);

}  // namespace picket::health
