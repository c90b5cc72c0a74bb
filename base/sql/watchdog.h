// Keeps the deadlines of a database's callers: cuts sockets whose time is over, so that a thread that waits in
// libpq for a hung server gets an error, and wakes who rests before another try. One thread of its own. Safe
// from any thread.
#pragma once

#include <map>
#include <thread>

#include "base/exec/mutex.h"
#include "base/time/clock.h"

namespace picket::sql {

class Watchdog {
 public:
  Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// As long as it lives, the socket is watched (through a descriptor of its own, so that a number that is
  /// used again meanwhile is not cut).
  class Guard {
   public:
    Guard(Watchdog& watchdog, int socket, Duration limit);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    Watchdog& watchdog_;
    const int socket_;
    std::uint64_t id_;
  };

  /// Returns when that time is over.
  void rest(Duration pause) EXCLUDES(mutex_);

 private:
  static constexpr int kNoSocket = -1;  ///< of a caller who rests

  struct Watched {
    MonoTime deadline;
    int socket;
  };
  std::uint64_t add(Watched watched) REQUIRES(mutex_);
  void work(const std::stop_token& stop);
  /// The deadline that comes first; the end of time when there is none.
  MonoTime first() const REQUIRES(mutex_);
  void end_overdue() REQUIRES(mutex_);

  const SystemClock clock_;
  Mutex mutex_;
  ConditionVariable wake_;                                       ///< another deadline is the first
  ConditionVariable rested_;                                     ///< somebody's time is over
  std::map<std::uint64_t, Watched> watched_ GUARDED_BY(mutex_);  ///< until it is over
  std::uint64_t next_id_ GUARDED_BY(mutex_) = 0;
  std::jthread thread_;
};

}  // namespace picket::sql
