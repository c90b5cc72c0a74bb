// How far a source was read and what was counted on the way, as one record: whoever goes on from it after a crash
// reads the same lines again and counts them once. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json/json.h"
#include "base/time/clock.h"
#include "exporters/security/formats/line_parser.h"
#include "exporters/security/signals/signals_state.h"
#include "exporters/security/tail/tail_positions.h"
#include "exporters/security/tail/tail_stats.h"

namespace picket::security {

/// By ParseResult; Ok counts lines that were understood.
using ParseCounts = std::array<std::uint64_t, 5>;

/// Since the source's state began.
struct SourceCounts {
  TailStats tail;
  ParseCounts parsed{};
  std::optional<WallTime> last_event;  ///< newest time that a line had

  bool operator==(const SourceCounts&) const = default;
};

// NOLINTNEXTLINE(bugprone-exception-escape): nlohmann's null value allocates nothing
struct Checkpoint {
  TailPositions positions;
  SourceCounts counts;
  std::string parser;      ///< LineParser::state()
  nlohmann::json signals;  ///< Signals::to_json()
};

/// Bytes of what is written and read: full tables, and the positions of as many files as are followed.
inline constexpr std::size_t kCheckpointMax = kSignalsTextMax + (std::size_t{32} << 20);

/// A line with a checksum and a line of JSON.
std::string encode_checkpoint(const Checkpoint& checkpoint);
/// Corrupt on anything that encode_checkpoint() does not write.
Result<Checkpoint> decode_checkpoint(std::string_view text);

/// What `later` counted added to `earlier`: of the run before, and of this one.
TailStats sum(const TailStats& earlier, const TailStats& later);

}  // namespace picket::security
