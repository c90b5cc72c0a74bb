// What reading files has met, since the start. Counters go up only.
#pragma once

#include <cstdint>

namespace picket::security {

struct TailStats {
  std::uint64_t lines = 0;           ///< given to the sink
  std::uint64_t oversize_lines = 0;  ///< over the cap: skipped, not among `lines`
  std::uint64_t bytes = 0;           ///< passed, newlines and skipped lines included (uncompressed)
  std::uint64_t lost_bytes = 0;      ///< seen, and gone before they were read
  std::uint64_t read_errors = 0;    ///< tries to open or read that failed, and compressed files that are torn
  std::uint64_t renames = 0;        ///< rotations: the old file lives on under another name
  std::uint64_t truncates = 0;      ///< rotations: the same file began anew
  std::uint64_t replaces = 0;       ///< rotations: another file took the place of one that is gone
  std::uint64_t refused_files = 0;  ///< files over the limit, each counted once while it is there

  bool operator==(const TailStats&) const = default;
};

}  // namespace picket::security
