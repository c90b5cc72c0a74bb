// Stamps for ids that sort by creation: milliseconds of the wall clock and a counter within one millisecond
// (RFC 9562 6.2, "fixed bit-length dedicated counter"). Never go back within the process, whatever the clock
// does. Safe from any thread.
#pragma once

#include <cstdint>

#include "base/exec/mutex.h"
#include "base/time/clock.h"

namespace picket {

struct MonotonicStamp {
  std::int64_t millis = 0;  ///< since 1970
  std::uint32_t count = 0;  ///< below the limit given
};

class MonotonicStamps {
 public:
  /// A millisecond that has given `per_millisecond` of them is over.
  MonotonicStamps(const Clock& clock, std::uint32_t per_millisecond)
      : clock_(clock), per_millisecond_(per_millisecond) {}
  MonotonicStamp next() EXCLUDES(mutex_);

 private:
  const Clock& clock_;
  const std::uint32_t per_millisecond_;
  Mutex mutex_;
  MonotonicStamp last_ GUARDED_BY(mutex_);
};

}  // namespace picket
