// Runs tasks at moments of the monotonic clock. Seam: TimerThread in production, ManualScheduler in tests.
#pragma once

#include <cstdint>
#include <functional>

#include "base/time/clock.h"

namespace picket {

using Task = std::function<void()>;
enum class TimerId : std::uint64_t {};

/// The n-th run is due at start + first + n * interval (+ up to `jitter`, drawn once); a late run does not
/// shift the later ones, and runs that fell wholly into the past are skipped, not caught up.
struct Every {
  Duration interval{};
  Duration jitter{};
  Duration first{};
};

/// Tasks run one at a time on the scheduler's thread and must be short: hand longer work to a WorkerPool.
/// One that throws ends alone (task_failures.h).
/// Safe from any thread.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  virtual TimerId at(MonoTime when, Task task) = 0;
  virtual TimerId every(Every every, Task task) = 0;
  /// After it returns the task does not start any more (it may be running, unless called on the scheduler's
  /// thread). Unknown ids are ignored.
  virtual void cancel(TimerId id) = 0;
  virtual const Clock& clock() const = 0;

  TimerId after(Duration delay, Task task) { return at(clock().mono() + delay, std::move(task)); }
};

}  // namespace picket
