// A log that is written at a steady pace and rotated by rename, and a security_exporter that is killed with SIGKILL
// again and again while it follows it: what its counters show meanwhile and at the end. Used by the test and by
// bench_security.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace picket::security {

struct KillCourse {
  int lines_per_second = 1000;
  int kills = 3;
  std::chrono::milliseconds between_kills{3000};
  std::chrono::milliseconds rotation{1000};
  int old_files = 12;  ///< kept: access.log.1 is the newest
  std::function<void(std::string&)> append_line;
};

struct KillOutcome {
  std::uint64_t written = 0, shown = 0;  ///< lines, at the end
  std::uint64_t lost_bytes = 0;
  int scrapes = 0, held_back = 0;  ///< those that were answered with 503 or not at all, among them
  int fell = 0;                    ///< scrapes that showed less than one before
  int rotations = 0;
  std::chrono::milliseconds longest_without_metrics{};  ///< from a start of the process to its first metrics
};

/// Takes a little longer than kills * between_kills.
KillOutcome run(const KillCourse& course);

}  // namespace picket::security
