// Files that are written anew at each start. What was last written is remembered as a checksum in
// ".generated" (as sha256sum writes it), which tells an edited file from one that an earlier version wrote.
// Only prometheus.yml and rules/NAME.yml can be such files: whatever else ".generated" names is left alone.
// One process at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/files/files.h"

namespace picket::fleet {

/// How each begins.
inline constexpr std::string_view kWrittenBy = "# Written by ./picket run";

struct GeneratedFile {
  std::string path{};  ///< below the folder: "prometheus.yml" or "rules/health.yml"
  std::string content{};
  unsigned mode = 0644;
};

/// Writes `wanted` below `folder`. A file that a person edited, or that was there before anything was
/// remembered, is kept beside it first: as NAME.old, or NAME.old.2 and so on when that is there already. One
/// that is no longer wanted is removed, kept likewise when it was edited. The answer is what happened, a line
/// each, for a person.
Result<std::vector<std::string>> write_generated(const std::string& folder,
                                                 const std::vector<GeneratedFile>& wanted, Files& files);

}  // namespace picket::fleet
