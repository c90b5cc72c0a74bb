// Scheduler of the daemons: one thread that sleeps until the next task is due. Stops in its destructor; tasks
// not yet due are dropped.
#pragma once

#include <memory>

#include "base/time/scheduler.h"

namespace picket {

class TimerThread final : public Scheduler {
 public:
  TimerThread();
  /// Waits for a task that is running. Not to be called on the scheduler's thread.
  ~TimerThread() override;
  TimerThread(const TimerThread&) = delete;
  TimerThread& operator=(const TimerThread&) = delete;

  TimerId at(MonoTime when, Task task) override;
  TimerId every(Every every, Task task) override;
  void cancel(TimerId id) override;
  const Clock& clock() const override;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace picket
