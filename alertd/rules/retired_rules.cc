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
  offer_soon();
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

/// What is offered now; what is not taken waits on, also when the sink throws.
class RetiredRules::Offer {
 public:
  Offer(RetiredRules& owner, StoredRules rules) : rules_(std::move(rules)), owner_(owner) {}
  ~Offer() {
    if (!rules_.empty()) owner_.schedule_retry();
    const MutexLock lock(owner_.mutex_);
    owner_.waiting_.merge(std::move(rules_));
    owner_.offering_ = false;
    owner_.idle_.notify_all();
  }
  Offer(const Offer&) = delete;
  Offer& operator=(const Offer&) = delete;

  const StoredRules& rules() const { return rules_; }
  void taken() { rules_.clear(); }

 private:
  StoredRules rules_;
  RetiredRules& owner_;
};

void RetiredRules::offer() {
  StoredRules rules;
  {
    const MutexLock lock(mutex_);
    if (stopped_ || offering_ || waiting_.empty()) return;
    rules = std::exchange(waiting_, {});
    offering_ = true;
  }
  Offer offer(*this, std::move(rules));
  const GroupResult result = ends_of(offer.rules(), services_.scheduler.clock().wall());
  const auto stored = result.rules.empty() ? Result<void>() : services_.sink.apply(result);
  if (stored) return offer.taken();
  services_.metrics.sink_failed();
  services_.log.error("alerts of removed rules could not be stored", {{"error", stored.error()}});
}

void RetiredRules::offer_soon() {
  const bool submitted = services_.workers.submit([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->offer();
  });
  if (!submitted) schedule_retry();
}

void RetiredRules::schedule_retry() {
  const MutexLock lock(mutex_);
  if (stopped_) return;
  retry_ = services_.scheduler.after(kRetry, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->offer_soon();  // off the timer's thread: the sink may block
  });
}

}  // namespace picket::alertd
