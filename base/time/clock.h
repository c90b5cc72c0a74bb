// The only sources of time. Durations and deadlines are on the monotonic clock, timestamps for people on the
// wall clock.
#pragma once

#include <chrono>

#include "base/text/duration.h"

namespace picket {

using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;
using MonoTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// Seam. SystemClock in production, ManualScheduler's clock in tests. Safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
  virtual MonoTime mono() const = 0;
};

class SystemClock final : public Clock {
 public:
  WallTime wall() const override;
  MonoTime mono() const override;
};

/// A moment by which work must have ended. Passed down by value.
struct Deadline {
  MonoTime at = MonoTime::max();

  static Deadline after(const Clock& clock, Duration duration) { return {clock.mono() + duration}; }
  bool passed(const Clock& clock) const { return clock.mono() >= at; }
  /// Zero when it has passed.
  Duration remaining(const Clock& clock) const;
};

}  // namespace picket
