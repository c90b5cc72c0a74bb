#include "base/net/loop_timer.h"

#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "base/net/event_loop_impl.h"

namespace picket {

class LoopTimer::Impl {
 public:
  explicit Impl(EventLoop& loop) : timer_(loop.impl().context()), current_(std::make_shared<int>(0)) {}

  void at(MonoTime when, std::function<void()> expired) {
    const int id = ++*current_;
    timer_.expires_at(when);
    timer_.async_wait(
        [id, current = current_, expired = std::move(expired)](const boost::system::error_code& code) {
          if (!code && *current == id) expired();
        });
  }

  void cancel() {
    ++*current_;
    boost::system::error_code ignored;
    timer_.cancel(ignored);
  }

 private:
  boost::asio::steady_timer timer_;
  const std::shared_ptr<int> current_;  // a handler may be under way when the timer is cancelled
};

LoopTimer::LoopTimer(EventLoop& loop) : impl_(std::make_unique<Impl>(loop)) {}

LoopTimer::~LoopTimer() {
  impl_->cancel();
}

void LoopTimer::at(MonoTime when, std::function<void()> expired) {
  impl_->at(when, std::move(expired));
}

void LoopTimer::cancel() {
  impl_->cancel();
}

}  // namespace picket
