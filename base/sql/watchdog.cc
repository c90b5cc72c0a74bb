#include "base/sql/watchdog.h"

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace picket::sql {
namespace {

// Between two looks at how much has come: what a fast server sends meanwhile is what a limit may be passed by.
constexpr Duration kLookInterval = std::chrono::milliseconds(10);

/// Bytes that the socket has received since it was made; nothing when it is not TCP.
std::optional<std::uint64_t> received(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  if (size < offsetof(tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received) return std::nullopt;
  return info.tcpi_bytes_received;
}

std::optional<std::uint64_t> limit_of(int socket, std::optional<Bytes> most) {
  const auto before = most ? received(socket) : std::nullopt;
  return before ? std::optional(*before + most->count) : std::nullopt;
}

}  // namespace

Watchdog::Watchdog() : thread_([this](const std::stop_token& stop) { work(stop); }) {}

Watchdog::Guard::Guard(Watchdog& watchdog, int socket, Duration limit, std::optional<Bytes> most)
    : watchdog_(watchdog), socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)) {
  const MutexLock lock(watchdog_.mutex_);
  id_ = watchdog_.add({watchdog_.clock_.mono() + limit, socket_, limit_of(socket_, most), &took_too_much_});
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

void Watchdog::hasten(Duration left) {
  const MutexLock lock(mutex_);
  const MonoTime deadline = clock_.mono() + left;
  for (auto& [id, watched] : watched_) watched.deadline = std::min(watched.deadline, deadline);
  wake_.notify_one();
}

std::uint64_t Watchdog::add(Watched watched) {
  const bool is_news = watched.deadline < first() || (watched.received_max && !any_is_counted());
  watched_.emplace(next_id_, watched);
  if (is_news) wake_.notify_one();
  return next_id_++;
}

MonoTime Watchdog::first() const {
  MonoTime first = MonoTime::max();
  for (const auto& [id, watched] : watched_) first = std::min(first, watched.deadline);
  return first;
}

bool Watchdog::any_is_counted() const {
  return std::ranges::any_of(watched_,
                             [](const auto& entry) { return entry.second.received_max.has_value(); });
}

MonoTime Watchdog::next_look() const {
  return any_is_counted() ? std::min(first(), clock_.mono() + kLookInterval) : first();
}

bool Watchdog::is_over(const Watched& watched, MonoTime now) const {
  if (watched.received_max && received(watched.socket).value_or(0) > *watched.received_max) {
    *watched.took_too_much = true;
    return true;
  }
  return watched.deadline <= now;
}

void Watchdog::end_overdue() {
  const MonoTime now = clock_.mono();
  const auto ended = std::erase_if(watched_, [this, now](const auto& entry) {
    const Watched& watched = entry.second;
    if (!is_over(watched, now)) return false;
    if (watched.socket != kNoSocket) ::shutdown(watched.socket, SHUT_RDWR);
    return true;
  });
  if (ended > 0) rested_.notify_all();
}

void Watchdog::work(const std::stop_token& stop) PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto has_changed = [this, next = first(), counted = any_is_counted()] {
      return first() != next || any_is_counted() != counted;
    };
    if (watched_.empty()) {
      wake_.wait(lock, stop, has_changed);
    } else {
      wake_.wait_until(lock, stop, next_look(), has_changed);
      end_overdue();
    }
  }
}

}  // namespace picket::sql
