#include "base/sql/watchdog.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace picket::sql {
namespace {

constexpr std::chrono::milliseconds kLook{250};

}  // namespace

Watchdog::Watchdog() : thread_([this](const std::stop_token& stop) { work(stop); }) {}

Watchdog::Guard::Guard(Watchdog& watchdog, int socket, Duration limit)
    : watchdog_(watchdog), socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)) {
  const MutexLock lock(watchdog_.mutex_);
  id_ = watchdog_.next_id_++;
  watchdog_.watched_.emplace(id_, Watched{watchdog_.clock_.mono() + limit, socket_});
  if (watchdog_.watched_.size() == 1) watchdog_.wake_.notify_one();
}

Watchdog::Guard::~Guard() {
  {
    const MutexLock lock(watchdog_.mutex_);
    watchdog_.watched_.erase(id_);
  }
  if (socket_ >= 0) ::close(socket_);
}

void Watchdog::cut_overdue() {
  const MonoTime now = clock_.mono();
  for (const auto& [id, watched] : watched_) {
    if (watched.deadline <= now) ::shutdown(watched.socket, SHUT_RDWR);
  }
}

void Watchdog::work(const std::stop_token& stop) PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    // Nothing to watch: sleep until there is. Else look now and then.
    if (!wake_.wait(lock, stop, [this] { return !watched_.empty(); })) return;
    wake_.wait_for(lock, stop, kLook, [] { return false; });
    cut_overdue();
  }
}

}  // namespace picket::sql
