// Scheduler and Clock for tests: time stands until advance(). Tasks run on the test's thread, ordered by
// (time, id).
#pragma once

#include <map>

#include "base/exec/mutex.h"
#include "base/time/scheduler.h"

namespace picket::test {

class ManualClock final : public Clock {
 public:
  /// 2026-01-05 12:00:00 UTC, a Monday.
  static constexpr WallTime kStart{std::chrono::seconds(1767614400)};

  WallTime wall() const override;
  MonoTime mono() const override;
  void advance(Duration duration);      ///< both clocks
  void step_wall(Duration difference);  ///< the wall clock alone, as NTP or a person would

 private:
  mutable Mutex mutex_;
  Duration elapsed_ GUARDED_BY(mutex_){};
  Duration wall_offset_ GUARDED_BY(mutex_){};
};

class ManualScheduler final : public Scheduler {
 public:
  TimerId at(MonoTime when, Task task) override;
  TimerId every(Every every, Task task) override;
  void cancel(TimerId id) override;
  const Clock& clock() const override { return clock_; }

  /// Runs what falls due on the way, each at its own time.
  void advance(Duration duration);
  std::size_t pending() const;
  ManualClock& manual_clock() { return clock_; }

 private:
  struct Entry {
    Task task;
    Duration interval{};  ///< zero: once
  };
  using Key = std::pair<MonoTime, std::uint64_t>;
  TimerId add(MonoTime when, Entry entry);

  ManualClock clock_;
  mutable Mutex mutex_;
  std::map<Key, Entry> entries_ GUARDED_BY(mutex_);
  std::uint64_t next_id_ GUARDED_BY(mutex_) = 1;
};

}  // namespace picket::test
