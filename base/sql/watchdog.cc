#include "base/sql/watchdog.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace picket::sql {

Watchdog::Watchdog() : thread_([this](const std::stop_token& stop) { work(stop); }) {}

Watchdog::Guard::Guard(Watchdog& watchdog, int socket, Duration limit)
    : watchdog_(watchdog), socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)) {
  const MutexLock lock(watchdog_.mutex_);
  id_ = watchdog_.add({watchdog_.clock_.mono() + limit, socket_});
}

Watchdog::Guard::~Guard() {
  {
    const MutexLock lock(watchdog_.mutex_);
    watchdog_.watched_.erase(id_);
  }
  if (socket_ >= 0) ::close(socket_);
}

void Watchdog::rest(Duration pause) {
  const MutexLock lock(mutex_);
  const std::uint64_t id = add({clock_.mono() + pause, kNoSocket});
  rested_.wait(mutex_, [this, id]() REQUIRES(mutex_) { return !watched_.contains(id); });
}

std::uint64_t Watchdog::add(Watched watched) {
  const bool is_first = watched.deadline < first();
  watched_.emplace(next_id_, watched);
  if (is_first) wake_.notify_one();
  return next_id_++;
}

MonoTime Watchdog::first() const {
  MonoTime first = MonoTime::max();
  for (const auto& [id, watched] : watched_) first = std::min(first, watched.deadline);
  return first;
}

void Watchdog::end_overdue() {
  const MonoTime now = clock_.mono();
  const auto ended = std::erase_if(watched_, [now](const auto& entry) {
    const Watched& watched = entry.second;
    if (watched.deadline > now) return false;
    if (watched.socket != kNoSocket) ::shutdown(watched.socket, SHUT_RDWR);
    return true;
  });
  if (ended > 0) rested_.notify_all();
}

void Watchdog::work(const std::stop_token& stop) PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const MonoTime next = first();
    const auto has_changed = [this, next] { return first() != next; };
    if (watched_.empty()) {
      wake_.wait(lock, stop, has_changed);
    } else {
      wake_.wait_until(lock, stop, next, has_changed);
      end_overdue();
    }
  }
}

}  // namespace picket::sql
