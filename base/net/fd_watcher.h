// Readiness of sockets that a C library owns (c-ares, libcurl, libpq), on an EventLoop. An epoll of its own
// inside the loop's: a library may close a watched socket at any time, and one wake-up serves many of them.
// Use it on the loop's thread.
#pragma once

#include <functional>
#include <memory>

#include "base/net/event_loop.h"

namespace picket {

class FdWatcher {
 public:
  struct Readiness {
    bool readable = false;
    bool writable = false;
    bool failed = false;
  };
  using Callback = std::function<void(int fd, Readiness readiness)>;

  FdWatcher(EventLoop& loop, Callback callback);
  /// False when the system had no descriptor for it: then it watches nothing.
  bool is_open() const;
  /// No callback after it returns; may be called from inside one.
  ~FdWatcher();
  FdWatcher(const FdWatcher&) = delete;
  FdWatcher& operator=(const FdWatcher&) = delete;

  /// Replaces what is watched of `fd`; neither means that it is forgotten. A closed one is forgotten by
  /// itself.
  void watch(int fd, bool for_read, bool for_write);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace picket
