#include "authd/login/retry_queue.h"

#include <mutex>

namespace picket::authd {
namespace {

constexpr Duration kTick = std::chrono::seconds(1);

}  // namespace

struct RetryQueue::Gate {
  Mutex mutex;
  RetryQueue* queue GUARDED_BY(mutex) = nullptr;
  int inside GUARDED_BY(mutex) = 0;  ///< ticks that hand messages on: with the lock open
  ConditionVariable left;

  void tick() {
    RetryQueue* const open = enter();
    if (open == nullptr) return;
    open->run_due();
    const MutexLock lock(mutex);
    --inside;
    left.notify_all();
  }
  RetryQueue* enter() {
    const MutexLock lock(mutex);
    if (queue != nullptr) ++inside;
    return queue;
  }
  void open(RetryQueue* to) {
    const MutexLock lock(mutex);
    queue = to;
  }
  /// Nobody is inside when it returns.
  void shut() PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
    std::unique_lock lock(mutex);
    queue = nullptr;
    while (inside > 0) left.wait(lock);
  }
};

RetryQueue::RetryQueue(Scheduler& scheduler, const Clock& clock, std::size_t capacity,
                       std::function<void(Message)> again)
    : scheduler_(scheduler),
      clock_(clock),
      capacity_(capacity),
      again_(std::move(again)),
      gate_(std::make_shared<Gate>()) {
  gate_->open(this);
  timer_ =
      scheduler_.every({.interval = kTick, .jitter = {}, .first = kTick}, [gate = gate_] { gate->tick(); });
}

void RetryQueue::stop() {
  scheduler_.cancel(timer_);
  gate_->shut();
  const MutexLock lock(mutex_);
  stopped_ = true;
}

bool RetryQueue::add(Message message, MonoTime due) {
  const MutexLock lock(mutex_);
  if (stopped_ || waiting_.size() >= capacity_) return false;
  waiting_.emplace(due, std::move(message));
  return true;
}

std::vector<Message> RetryQueue::take_all() {
  const MutexLock lock(mutex_);
  std::vector<Message> all;
  for (auto& [due, message] : waiting_) all.push_back(std::move(message));
  waiting_.clear();
  return all;
}

std::size_t RetryQueue::size() const {
  const MutexLock lock(mutex_);
  return waiting_.size();
}

void RetryQueue::run_due() {
  std::vector<Message> due;
  {
    const MutexLock lock(mutex_);
    const auto end = waiting_.upper_bound(clock_.mono());
    for (auto at = waiting_.begin(); at != end; ++at) due.push_back(std::move(at->second));
    waiting_.erase(waiting_.begin(), end);
  }
  for (Message& message : due) again_(std::move(message));
}

}  // namespace picket::authd
