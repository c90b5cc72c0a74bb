// Threads for work on file systems, where any call may hang for ever: at most one a mount. A mount that hangs
// costs that one thread, however often it is probed and however often the probers are made anew. Safe from
// any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result/result.h"
#include "base/time/clock.h"

namespace picket::health {

class MountLanes {
 public:
  MountLanes();

  /// Runs `work` on the mount's thread, after what waits there. A thread that hangs outlives this object, so
  /// `work` owns everything it uses. Timeout when the thread hangs, Limited when too much waits, Unavailable
  /// when the system has no thread.
  Result<void> run(std::uint64_t mount, Deadline deadline, std::function<void()> work);
  /// What the mount's thread does has outlived its deadline.
  bool hangs(std::uint64_t mount) const;

 private:
  class State;
  const std::shared_ptr<State> state_;
};

}  // namespace picket::health
