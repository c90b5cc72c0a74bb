// A source as it is at a moment, and all of them: for /metrics, the API and the pages.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/detect/rule_set.h"
#include "exporters/security/signals/signals_snapshot.h"
#include "exporters/security/sources/checkpoint.h"

namespace picket::security {

struct SourceStatus {
  static constexpr std::uint64_t kLinesToJudge = 10;

  std::string name;
  FormatType type = FormatType::Nginx;
  std::string path;
  std::string problem;  ///< why it is not read, for people; "" when it is
  SourceCounts counts;
  std::uint64_t lag_bytes = 0;  ///< there and not read yet
  bool caught_up = false;       ///< everything was read once that was there at the start
  std::string polling;          ///< why files are polled; "" when the system tells of changes
  std::optional<WallTime> checkpoint_at;
  std::uint64_t checkpoint_failures = 0;
  std::string checkpoint_problem;  ///< of the last try; "" when it went well
  SignalsSnapshot signals;

  /// Why its format looks wrong, for people; "" when it does not.
  std::string format_problem() const {
    const std::uint64_t understood = counts.parsed[static_cast<std::size_t>(ParseResult::Ok)];
    if (counts.tail.lines < kLinesToJudge || understood > 0) return {};
    return "no line was understood: type or log_format is not that of the file";
  }
};

using SourceStatusPtr = std::shared_ptr<const SourceStatus>;

/// All sources at a moment.
struct SourcesView {
  std::vector<SourceStatusPtr> sources{};  ///< in the order of the configuration
  SignalCounters left{};   ///< of sources that left the configuration, since this process began
  RuleSetVersion rules{};  ///< by which they are judged; empty before the first configuration
};

}  // namespace picket::security
