// One moment to come on an EventLoop. What waits for it is dropped with the timer or with the loop. Use it on
// the loop's thread.
#pragma once

#include <functional>
#include <memory>

#include "base/net/event_loop.h"
#include "base/time/clock.h"

namespace picket {

class LoopTimer {
 public:
  explicit LoopTimer(EventLoop& loop);
  ~LoopTimer();
  LoopTimer(const LoopTimer&) = delete;
  LoopTimer& operator=(const LoopTimer&) = delete;

  /// Runs `expired` at `when`, instead of what was to run before. Until then the loop, not the timer, holds
  /// it.
  void at(MonoTime when, std::function<void()> expired);
  void cancel();

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace picket
