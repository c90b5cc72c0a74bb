// The inside of EventLoop: Asio's io_context and its thread. For base/net and base/http only.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <thread>

#include "base/net/event_loop.h"

namespace picket {

class EventLoop::Impl {
 public:
  Impl();
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  boost::asio::io_context& context() { return context_; }
  bool in_loop() const { return std::this_thread::get_id() == thread_.get_id(); }
  /// Runs `work` on the loop and returns when it has run: how an object that lives on the loop is closed from
  /// outside.
  void run_and_wait(const std::function<void()>& work);

 private:
  void run();

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::jthread thread_;
};

}  // namespace picket
