#include "base/net/event_loop.h"

#include <boost/asio/post.hpp>
#include <csignal>
#include <future>
#include <utility>

#include "base/net/event_loop_impl.h"
#include "base/result/result.h"

namespace picket {

EventLoop::Impl::Impl() : work_(context_.get_executor()), thread_([this] { run(); }) {}

EventLoop::Impl::~Impl() {
  check(!in_loop(), "an event loop cannot be destroyed on its own thread");
  context_.stop();
}

void EventLoop::Impl::run() {
  // Signals belong to the main thread; a peer that went away is an error code here, not a SIGPIPE.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  context_.run();
}

void EventLoop::Impl::run_and_wait(const std::function<void()>& work) {
  if (in_loop()) {
    work();
    return;
  }
  std::promise<void> done;
  boost::asio::post(context_, [&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}

EventLoop::~EventLoop() = default;

void EventLoop::post(std::function<void()> work) {
  boost::asio::post(impl_->context(), std::move(work));
}

bool EventLoop::in_loop() const {
  return impl_->in_loop();
}

}  // namespace picket
