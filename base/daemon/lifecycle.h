// Where a daemon is between start and stop, and who asked for what. Signals come in on one thread, the main
// thread waits, web workers ask. Safe from any thread.
#pragma once

#include <functional>
#include <string>

#include "base/exec/mutex.h"

namespace picket {

class Lifecycle {
 public:
  /// What HUP does while the daemon runs; one that comes earlier is kept until then.
  explicit Lifecycle(std::function<void()> reload) : reload_(std::move(reload)) {}

  void handle_signal(int signal);
  void set_running();
  /// Returns the name of the signal that asked for the stop. The daemon is stopping from then on.
  std::string wait_for_stop();
  /// "starting", "stopping", or "" while it runs.
  std::string not_running_reason() const;

 private:
  enum class Phase { Starting, Running, Stopping };

  const std::function<void()> reload_;
  mutable Mutex mutex_;
  ConditionVariable stop_asked_;
  Phase phase_ GUARDED_BY(mutex_) = Phase::Starting;
  std::string stop_signal_ GUARDED_BY(mutex_);
  bool reload_asked_ GUARDED_BY(mutex_) = false;
};

}  // namespace picket
