#include "base/time/timer_thread.h"

#include <pthread.h>

#include <map>
#include <random>
#include <stop_token>
#include <thread>
#include <unordered_map>

#include "base/exec/mutex.h"
#include "base/exec/task_failures.h"
#include "base/result/result.h"

namespace picket {

class TimerThread::Loop {
 public:
  Loop() : thread_([this](const std::stop_token& stop) { run(stop); }) {
    pthread_setname_np(thread_.native_handle(), "timer");
  }

  TimerId add(MonoTime when, Duration interval, Task task) EXCLUDES(mutex_) {
    auto shared = std::make_shared<const Task>(std::move(task));
    std::uint64_t id = 0;
    bool is_first = false;
    {
      const MutexLock lock(mutex_);
      id = next_id_++;
      is_first = insert(Key{when, id}, Entry{std::move(shared), interval});
    }
    if (is_first) changed_.notify_one();
    return TimerId{id};
  }

  void cancel(TimerId id) EXCLUDES(mutex_) {
    Entries::node_type dropped;  // dies after the lock: its destructor may be anybody's code
    const MutexLock lock(mutex_);
    const auto found = due_.find(static_cast<std::uint64_t>(id));
    if (found == due_.end()) return;
    dropped = entries_.extract(Key{found->second, found->first});
    due_.erase(found);
  }

  Duration draw(Duration max) EXCLUDES(mutex_) {
    if (max <= Duration::zero()) return Duration::zero();
    const MutexLock lock(mutex_);
    return Duration(std::uniform_int_distribution<Duration::rep>(0, max.count())(generator_));
  }

  const Clock& clock() const { return clock_; }

 private:
  struct Entry {
    std::shared_ptr<const Task> task;
    Duration interval{};  // zero: once
  };
  using Key = std::pair<MonoTime, std::uint64_t>;
  using Entries = std::map<Key, Entry>;

  // True when it became the first that is due.
  bool insert(Key key, Entry entry) REQUIRES(mutex_) {
    due_[key.second] = key.first;
    const auto place = entries_.emplace(key, std::move(entry)).first;
    return place == entries_.begin();
  }

  void run(const std::stop_token& stop) {
    while (const auto task = next(stop)) TaskFailures::of_process().run("timer", *task);
  }

  // Waits for the next task that is due; null after a stop.
  std::shared_ptr<const Task> next(const std::stop_token& stop)
      PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      if (entries_.empty()) {
        changed_.wait(lock, stop, [this] { return !entries_.empty(); });
        continue;
      }
      const MonoTime when = entries_.begin()->first.first;
      if (when <= clock_.mono()) return take_first();
      changed_.wait_until(lock, stop, when,
                          [&] { return entries_.empty() || entries_.begin()->first.first != when; });
    }
    return nullptr;
  }

  std::shared_ptr<const Task> take_first() REQUIRES(mutex_) {
    auto node = entries_.extract(entries_.begin());
    const auto [when, id] = node.key();
    Entry& entry = node.mapped();
    std::shared_ptr<const Task> task = entry.task;
    if (entry.interval == Duration::zero()) {
      due_.erase(id);
      return task;
    }
    const auto missed = (clock_.mono() - when) / entry.interval;
    const Key next{when + (missed + 1) * entry.interval, id};
    insert(next, std::move(entry));
    return task;
  }

  const SystemClock clock_;
  Mutex mutex_;
  ConditionVariable changed_;
  Entries entries_ GUARDED_BY(mutex_);
  std::unordered_map<std::uint64_t, MonoTime> due_ GUARDED_BY(mutex_);
  std::uint64_t next_id_ GUARDED_BY(mutex_) = 1;
  std::mt19937_64 generator_ GUARDED_BY(mutex_){std::random_device{}()};
  std::jthread thread_;  // last: it uses the rest
};

TimerThread::TimerThread() : loop_(std::make_unique<Loop>()) {}
TimerThread::~TimerThread() = default;

TimerId TimerThread::at(MonoTime when, Task task) {
  return loop_->add(when, Duration::zero(), std::move(task));
}

TimerId TimerThread::every(Every every, Task task) {
  check(every.interval > Duration::zero(), "an interval must be longer than zero");
  const MonoTime start = clock().mono();
  return loop_->add(start + every.first + loop_->draw(every.jitter), every.interval, std::move(task));
}

void TimerThread::cancel(TimerId id) {
  loop_->cancel(id);
}

const Clock& TimerThread::clock() const {
  return loop_->clock();
}

}  // namespace picket
