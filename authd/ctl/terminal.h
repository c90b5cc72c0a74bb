// Where authctl reads and writes: results to `out`, everything else to `err`, secrets from `in`. Handed in,
// so that tests run commands without a process.
#pragma once

#include <istream>
#include <ostream>

namespace picket::authd {

struct Terminal {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool has_keyboard = false;  ///< `in` is somebody who can be asked
};

inline constexpr int kExitFine = 0;
inline constexpr int kExitFailed = 1;  ///< the answer is no, or it could not be done
inline constexpr int kExitUsage = 2;   ///< what was typed makes no sense

}  // namespace picket::authd
