#include "alertd/rules/retired_rules.h"

#include <utility>

namespace picket::alertd {

namespace {

constexpr Duration kRetry = std::chrono::seconds(15);

GroupResult ends_of(const StoredRules& rules, Timestamp now) {
  GroupResult result;
  result.time = now;
  EvaluationContext context;
  context.now = now;
  for (const auto& [key, rule] : rules) {
    if (rule.state.alerts.empty() && rule.state.forgotten.empty()) continue;
    result.rules.push_back({nullptr, rule.as, retire(rule.state, context)});
  }
  return result;
}

}  // namespace

void RetiredRules::add(StoredRules rules) {
  {
    const MutexLock lock(mutex_);
    waiting_.merge(std::move(rules));
  }
  offer();
}

StoredRules RetiredRules::take_back() {
  std::unique_lock<Mutex> lock(mutex_);
  idle_.wait(lock, [this] { return !offering_; });
  return std::exchange(waiting_, {});
}

void RetiredRules::stop() {
  std::optional<TimerId> retry;
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
    retry = std::exchange(retry_, std::nullopt);
  }
  if (retry) services_.scheduler.cancel(*retry);
  std::unique_lock<Mutex> lock(mutex_);
  idle_.wait(lock, [this] { return !offering_; });
}

void RetiredRules::offer() {
  StoredRules rules;
  {
    const MutexLock lock(mutex_);
    if (stopped_ || offering_ || waiting_.empty()) return;
    rules = std::exchange(waiting_, {});
    offering_ = true;
  }
  const GroupResult result = ends_of(rules, services_.scheduler.clock().wall());
  const auto stored = result.rules.empty() ? Result<void>() : services_.sink.apply(result);
  if (!stored) {
    services_.metrics.sink_failed();
    services_.log.error("alerts of removed rules could not be stored", {{"error", stored.error()}});
    schedule_retry();
  }
  const MutexLock lock(mutex_);
  if (!stored) waiting_.merge(std::move(rules));
  offering_ = false;
  idle_.notify_all();
}

void RetiredRules::schedule_retry() {
  const MutexLock lock(mutex_);
  if (stopped_) return;
  retry_ = services_.scheduler.after(kRetry, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    // Off the timer's thread: the sink may block.
    const bool submitted = self->services_.workers.submit([weak] {
      if (const auto alive = weak.lock()) alive->offer();
    });
    if (!submitted) self->schedule_retry();
  });
}

}  // namespace picket::alertd
