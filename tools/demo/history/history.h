// What demo-history does: writes the weeks before the demo as OpenMetrics text, in parts that `promtool tsdb
// create-blocks-from openmetrics` makes a block of each.
#pragma once

#include <functional>
#include <string>

#include "base/files/files.h"
#include "base/sql/database.h"
#include "base/time/clock.h"
#include "tools/demo/history/family.h"

namespace picket::demo {

inline constexpr std::int64_t kSamplesMax = 5'000'000;
inline constexpr std::int64_t kDaysMax = 35;  ///< more would be far more samples than that
/// A part is as long as a block of Prometheus may be (27 times 2 hours), and begins where one may begin.
inline constexpr std::int64_t kPart = std::int64_t{54} * 3600;

struct HistoryOptions {
  std::int64_t days = kDaysMax;
  std::int64_t until = 0;  ///< Unix seconds
  std::int64_t samples_max = kSamplesMax;
  std::string database{};  ///< of the demo company; "": nothing of it
  std::string into = ".";  ///< folder of the parts
  std::string print{};     ///< help: to be printed, and that is all
};

/// InvalidInput for what cannot be read; `now` is where the history ends.
Result<HistoryOptions> read_history_options(int argc, const char* const* argv, WallTime now);

/// All families of such a history.
Result<std::vector<Family>> history_families(const HistoryOptions& options, const Past& past);

/// From the first step on that is not older than the days.
Past past_of(const HistoryOptions& options);

/// Text of one part, its end mark too; `samples` is counted up.
std::string part_text(std::vector<Family>& families, std::int64_t begins, std::int64_t ends,
                      std::int64_t& samples);

using Say = std::function<void(const std::string& line)>;
/// Files NNN.om, in the order of time. What would be more than samples_max goes, the oldest first.
Result<void> write_history(const HistoryOptions& options, Files& files, const Say& say);

}  // namespace picket::demo
