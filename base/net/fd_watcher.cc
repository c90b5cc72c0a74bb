#include "base/net/fd_watcher.h"

#include <sys/epoll.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/net/event_loop_impl.h"
#include "base/result/result.h"

namespace picket {

class FdWatcher::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(EventLoop& loop, Callback callback) : epoll_(loop.impl().context()), callback_(std::move(callback)) {
    const int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd >= 0) epoll_.assign(fd);
  }

  bool is_open() const { return epoll_.is_open(); }

  void wait() {
    epoll_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [self = shared_from_this()](const boost::system::error_code& error) {
                        if (!error && !self->closed_) self->dispatch();
                      });
  }

  void close() {
    closed_ = true;
    boost::system::error_code ignored;
    epoll_.close(ignored);
  }

  void watch(int fd, bool for_read, bool for_write) {
    if (!is_open()) return;
    epoll_event event{};
    event.data.fd = fd;
    event.events = (for_read ? EPOLLIN | EPOLLRDHUP : 0U) | (for_write ? EPOLLOUT : 0U);
    const int epoll = epoll_.native_handle();
    const auto at = static_cast<std::size_t>(fd);
    if (at >= known_.size()) known_.resize(at + 64);
    if (event.events == 0) {
      if (known_[at]) epoll_ctl(epoll, EPOLL_CTL_DEL, fd, &event);
      known_[at] = false;
      return;
    }
    // A descriptor may have been closed, and its number used again, without a word.
    const bool known = known_[at];
    known_[at] = true;
    if (epoll_ctl(epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) == 0) return;
    epoll_ctl(epoll, errno == EEXIST ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
  }

 private:
  void dispatch() {
    std::array<epoll_event, 64> events{};
    const int count = epoll_wait(epoll_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < count && !closed_; ++i) {
      const epoll_event& event = events.at(static_cast<std::size_t>(i));
      callback_(event.data.fd, {(event.events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP)) != 0,
                                (event.events & EPOLLOUT) != 0, (event.events & EPOLLERR) != 0});
    }
    if (!closed_) wait();
  }

  boost::asio::posix::stream_descriptor epoll_;
  Callback callback_;
  std::vector<bool> known_;  // by descriptor
  bool closed_ = false;
};

FdWatcher::FdWatcher(EventLoop& loop, Callback callback)
    : impl_(std::make_shared<Impl>(loop, std::move(callback))) {
  if (impl_->is_open()) impl_->wait();
}

FdWatcher::~FdWatcher() {
  impl_->close();
}

bool FdWatcher::is_open() const {
  return impl_->is_open();
}

void FdWatcher::watch(int fd, bool for_read, bool for_write) {
  impl_->watch(fd, for_read, for_write);
}

}  // namespace picket
