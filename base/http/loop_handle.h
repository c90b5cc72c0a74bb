// A handle to a server's loop for other threads. It can be shut: what is posted after the server is gone is
// dropped and touches no freed memory. Also counts who is inside a handler. Safe from any thread.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "base/exec/mutex.h"

namespace picket {

class LoopHandle {
 public:
  using Post = std::function<void(std::function<void()>)>;
  explicit LoopHandle(Post post) : post_(std::move(post)) {}

  /// Being inside: while one lives the server lives, too. False when the handle was shut already: then do not
  /// run the handler, and touch nothing of the server's.
  class Entry {
   public:
    explicit Entry(std::shared_ptr<LoopHandle> loop) : loop_(std::move(loop)), entered_(loop_->enter()) {}
    ~Entry() {
      if (entered_) loop_->leave();
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    explicit operator bool() const { return entered_; }

   private:
    const std::shared_ptr<LoopHandle> loop_;
    const bool entered_;
  };

  /// Runs `work` on the loop's thread; dropped once shut.
  void post(std::function<void()> work) EXCLUDES(mutex_);
  /// From now on nothing is posted and nobody enters.
  void shut() EXCLUDES(mutex_);
  /// Until whoever entered has left.
  void wait_empty() EXCLUDES(mutex_);

 private:
  bool enter() EXCLUDES(mutex_);
  void leave() EXCLUDES(mutex_);

  Mutex mutex_;
  ConditionVariable left_;
  Post post_ GUARDED_BY(mutex_);
  std::size_t inside_ GUARDED_BY(mutex_) = 0;
  bool shut_ GUARDED_BY(mutex_) = false;
};

}  // namespace picket
