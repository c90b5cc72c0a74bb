// One thread that runs asynchronous network work (Asio inside). Probers, the resolver and the HTTP client
// share it.
#pragma once

#include <functional>
#include <memory>

namespace picket {

class EventLoop {
 public:
  EventLoop();
  /// Stops the thread; callbacks that are still pending are dropped. Destroy what uses the loop first.
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Runs `work` on the loop's thread. Safe from any thread.
  void post(std::function<void()> work);
  bool in_loop() const;

  /// For base/net and base/http only: the Asio io_context, type-erased to keep Asio out of the headers.
  class Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace picket
