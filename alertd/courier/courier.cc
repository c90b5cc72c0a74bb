#include "alertd/courier/courier.h"

#include <atomic>

#include "base/time/timestamp.h"

namespace picket::alertd {

/// The work itself, shared with tasks on the pool so that a late one never outlives what it touches.
class Courier::Rounds : public std::enable_shared_from_this<Courier::Rounds> {
 public:
  Rounds(CourierConfig config, CourierParts parts)
      : config_(config), parts_(std::move(parts)), worker_(parts_.random.hex(8)) {}

  void ask() {
    if (stopping_ || asked_.exchange(true)) return;
    const bool queued = parts_.pool.submit([self = shared_from_this()] {
      self->asked_ = false;
      self->round();
    });
    if (!queued) asked_ = false;
  }

  void stop() { stopping_ = true; }
  Duration poll() const { return config_.poll; }
  Scheduler& scheduler() { return parts_.scheduler; }

 private:
  void round() {
    if (stopping_) return;
    const int free = static_cast<int>(parts_.pool.threads()) - under_way_.load();
    if (free > 0) claim(free);
    observe_depth();
    prune_sometimes();
  }

  void claim(int limit) {
    Result<std::vector<Delivery>> claimed = parts_.outbox.claim(worker_, limit, config_.lease);
    if (!claimed) return store_failed("claiming messages", claimed.error());
    for (Delivery& delivery : *claimed) {
      ++under_way_;
      const bool queued = parts_.pool.submit([self = shared_from_this(), delivery = std::move(delivery)] {
        self->carry(delivery);
        --self->under_way_;
        self->ask();
      });
      if (!queued) --under_way_;  // its lease ends, and it is claimed again
    }
  }

  void carry(const Delivery& delivery) {
    const std::shared_ptr<Notifier> notifier = parts_.notifiers(delivery.receiver, delivery.integration);
    if (notifier == nullptr) {
      DeliveryResult gone;
      gone.outcome = DeliveryOutcome::Permanent;
      gone.detail = "the receiver is no longer configured";
      return conclude(delivery, gone, DeliveryState::Failed, "receiver_gone");
    }
    const MonoTime start = parts_.scheduler.clock().mono();
    DeliveryResult result = notifier->deliver(
        delivery.id, {delivery.target, delivery.summary, delivery.payload}, config_.attempt_timeout);
    result.latency = parts_.scheduler.clock().mono() - start;
    parts_.metrics.attempted(delivery.receiver, delivery.integration, result);
    log_attempt(delivery, result);
    switch (result.outcome) {
      case DeliveryOutcome::Delivered:
        return conclude(delivery, result, DeliveryState::Delivered, "");
      case DeliveryOutcome::Permanent:
        return conclude(delivery, result, DeliveryState::Failed, "permanent");
      case DeliveryOutcome::Retry:
        break;
    }
    if (parts_.scheduler.clock().wall() - delivery.created_at > config_.backoff.lifetime) {
      return conclude(delivery, result, DeliveryState::Expired, "expired");
    }
    conclude(delivery, result, DeliveryState::Pending, "");
  }

  void conclude(const Delivery& delivery, const DeliveryResult& result, DeliveryState state,
                std::string_view gave_up) {
    constexpr std::uint64_t kSteps = 1000;
    const double unit = static_cast<double>(parts_.random.below(kSteps)) / static_cast<double>(kSteps);
    const Duration wait = backoff(config_.backoff, delivery.attempts, result.retry_after, unit);
    const Result<void> recorded = parts_.outbox.record(
        delivery, result, {.state = state, .next_try_at = parts_.scheduler.clock().wall() + wait});
    if (!recorded)
      return store_failed("recording a try",
                          recorded.error());  // the lease ends, and the same id is sent again
    if (gave_up.empty()) return;
    parts_.metrics.gave_up(delivery.receiver, delivery.integration, gave_up);
    parts_.log.error("notification given up", {{"receiver", delivery.receiver},
                                               {"integration", delivery.integration},
                                               {"delivery", delivery.id},
                                               {"reason", gave_up},
                                               {"detail", result.detail}});
  }

  void log_attempt(const Delivery& delivery, const DeliveryResult& result) {
    if (result.outcome == DeliveryOutcome::Delivered) {
      parts_.log.info("notification delivered", {{"receiver", delivery.receiver},
                                                 {"integration", delivery.integration},
                                                 {"status", delivery.status},
                                                 {"delivery", delivery.id},
                                                 {"attempt", delivery.attempts}});
      return;
    }
    parts_.log.warn("notification not delivered", {{"receiver", delivery.receiver},
                                                   {"integration", delivery.integration},
                                                   {"delivery", delivery.id},
                                                   {"attempt", delivery.attempts},
                                                   {"outcome", to_string(result.outcome)},
                                                   {"detail", result.detail}});
  }

  void observe_depth() {
    const Result<Outbox::Depth> depth = parts_.outbox.depth();
    if (!depth) return store_failed("counting messages", depth.error());
    parts_.metrics.depth(static_cast<double>(depth->pending),
                         depth->oldest ? unix_seconds(*depth->oldest) : 0);
  }

  void prune_sometimes() {
    const MonoTime now = parts_.scheduler.clock().mono();
    if (now < next_prune_) return;
    next_prune_ = now + std::chrono::hours(1);
    const Result<std::int64_t> pruned =
        parts_.outbox.prune(parts_.scheduler.clock().wall() - config_.retention);
    if (!pruned) store_failed("pruning messages", pruned.error());
  }

  void store_failed(std::string_view doing, const Error& error) {
    parts_.metrics.store_failed();
    parts_.log.error("outbox is not available", {{"doing", doing}, {"error", error}});
  }

  const CourierConfig config_;
  CourierParts parts_;
  const std::string worker_;
  std::atomic<bool> asked_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<int> under_way_{0};
  MonoTime next_prune_{};  // touched by rounds only, which never overlap
};

Courier::Courier(CourierConfig config, CourierParts parts)
    : rounds_(std::make_shared<Rounds>(config, std::move(parts))) {}

Courier::~Courier() {
  stop();
}

void Courier::start() {
  Scheduler& scheduler = rounds_->scheduler();
  const Duration poll = rounds_->poll();
  timer_ =
      scheduler.every({.interval = poll, .jitter = {}, .first = {}}, [rounds = rounds_] { rounds->ask(); });
}

void Courier::nudge() {
  rounds_->ask();
}

void Courier::stop() {
  if (timer_) rounds_->scheduler().cancel(*timer_);
  timer_.reset();
  rounds_->stop();
}

}  // namespace picket::alertd
