// Keeps the deadlines of a database's callers: cuts sockets whose time is over, or through which too much came,
// so that a thread that waits in libpq gets an error, and wakes who rests before another try. One thread of its
// own. Safe from any thread.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <thread>

#include "base/exec/mutex.h"
#include "base/text/bytes.h"
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
    /// With `most`, it is cut, too, soon after more than that has been received through it. What a unix socket
    /// receives is not counted: the kernel does not.
    Guard(Watchdog& watchdog, int socket, Duration limit, std::optional<Bytes> most = std::nullopt);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    /// Whether it was cut for what came through it.
    bool took_too_much() const { return took_too_much_; }

   private:
    Watchdog& watchdog_;
    const int socket_;
    std::uint64_t id_;
    std::atomic<bool> took_too_much_{false};
  };

  /// Returns when that time is over.
  void rest(Duration pause) EXCLUDES(mutex_);
  /// Whatever is watched now has at most that much time left.
  void hasten(Duration left) EXCLUDES(mutex_);

 private:
  static constexpr int kNoSocket = -1;  ///< of a caller who rests

  struct Watched {
    MonoTime deadline;
    int socket;
    std::optional<std::uint64_t> received_max{};  ///< of the socket since it was made
    std::atomic<bool>* took_too_much = nullptr;   ///< with received_max
  };
  std::uint64_t add(Watched watched) REQUIRES(mutex_);
  void work(const std::stop_token& stop);
  bool any_is_counted() const REQUIRES(mutex_);
  /// The deadline that comes first; the end of time when there is none.
  MonoTime first() const REQUIRES(mutex_);
  /// When there is something to see to next.
  MonoTime next_look() const REQUIRES(mutex_);
  bool is_over(const Watched& watched, MonoTime now) const REQUIRES(mutex_);
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
