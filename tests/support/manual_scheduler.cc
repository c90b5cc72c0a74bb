#include "tests/support/manual_scheduler.h"

namespace picket::test {

WallTime ManualClock::wall() const {
  const MutexLock lock(mutex_);
  return kStart + elapsed_ + wall_offset_;
}

MonoTime ManualClock::mono() const {
  const MutexLock lock(mutex_);
  return MonoTime(std::chrono::hours(1)) + elapsed_;
}

void ManualClock::advance(Duration duration) {
  const MutexLock lock(mutex_);
  elapsed_ += duration;
}

void ManualClock::step_wall(Duration difference) {
  const MutexLock lock(mutex_);
  wall_offset_ += difference;
}

TimerId ManualScheduler::add(MonoTime when, Entry entry) {
  const MutexLock lock(mutex_);
  const std::uint64_t id = next_id_++;
  entries_.emplace(Key{when, id}, std::move(entry));
  return TimerId{id};
}

TimerId ManualScheduler::at(MonoTime when, Task task) {
  return add(when, {std::move(task), {}});
}

TimerId ManualScheduler::every(Every every, Task task) {
  return add(clock_.mono() + every.first, {std::move(task), every.interval});
}

void ManualScheduler::cancel(TimerId id) {
  const MutexLock lock(mutex_);
  std::erase_if(entries_, [id](const auto& entry) { return TimerId{entry.first.second} == id; });
}

void ManualScheduler::advance(Duration duration) {
  const MonoTime end = clock_.mono() + duration;
  for (;;) {
    Task task;
    {
      const MutexLock lock(mutex_);
      const auto first = entries_.begin();
      if (first == entries_.end() || first->first.first > end) break;
      const auto [when, id] = first->first;
      if (when > clock_.mono()) clock_.advance(when - clock_.mono());
      task = first->second.task;
      Entry entry = std::move(first->second);
      entries_.erase(first);
      if (entry.interval > Duration::zero())
        entries_.emplace(Key{when + entry.interval, id}, std::move(entry));
    }
    task();
  }
  if (end > clock_.mono()) clock_.advance(end - clock_.mono());
}

std::size_t ManualScheduler::pending() const {
  const MutexLock lock(mutex_);
  return entries_.size();
}

}  // namespace picket::test
