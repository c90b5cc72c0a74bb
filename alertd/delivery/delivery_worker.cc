#include "alertd/delivery/delivery_worker.h"

#include <algorithm>

#include "base/exec/task_failures.h"

namespace picket::alertd {
namespace {

DeliveryResult receiver_gone() {
  DeliveryResult gone;
  gone.outcome = DeliveryOutcome::Permanent;
  gone.detail = "the receiver is no longer configured";
  return gone;
}

/// Why a message is given up; "" when it is not.
std::string_view reason_to_give_up(const Delivery& delivery, const DeliveryConfig& config,
                                   const DeliveryResult& result, WallTime now) {
  if (result.outcome == DeliveryOutcome::Permanent) return "permanent";
  if (result.outcome == DeliveryOutcome::Retry && now - delivery.waiting_since > config.lifetime)
    return "expired";
  return "";
}

DeliveryState state_after(const DeliveryResult& result, std::string_view gave_up) {
  if (result.outcome == DeliveryOutcome::Delivered) return DeliveryState::Delivered;
  if (gave_up.empty()) return DeliveryState::Pending;
  return gave_up == "expired" ? DeliveryState::Expired : DeliveryState::Failed;
}

}  // namespace

Tried DeliveryWorker::deliver(const Delivery& delivery, const DeliveryConfig& config) {
  const std::shared_ptr<Notifier> notifier = parts_.notifiers(delivery.integration_id);
  Tried tried{.delivery = delivery};
  if (notifier == nullptr) {
    tried.result = receiver_gone();
    tried.gave_up = "receiver_gone";
  } else {
    tried.result = attempt(delivery, notifier);
    tried.gave_up = reason_to_give_up(delivery, config, tried.result, parts_.clock.wall());
  }
  tried.verdict = verdict(delivery, config, tried.result, tried.gave_up);
  return tried;
}

DeliveryResult DeliveryWorker::ask(const Delivery& delivery, const std::shared_ptr<Notifier>& notifier) {
  bool stopped = false;
  {
    const MutexLock lock(mutex_);
    in_use_.push_back(notifier);
    stopped = stopped_;
  }
  if (stopped) notifier->stop();
  DeliveryResult result;  // as it stays when the notifier throws: tried again until it is too old
  result.detail = "the try ended with an internal error";
  TaskFailures::of_process().run("deliver", [&] {
    result = notifier->deliver(delivery.id,
                               {.target = delivery.target,
                                .summary = delivery.summary,
                                .payload = delivery.payload,
                                .supersedes = delivery.supersedes},
                               notifier->attempt_timeout());
  });
  const MutexLock lock(mutex_);
  in_use_.erase(std::ranges::find(in_use_, notifier));
  return result;
}

void DeliveryWorker::stop() {
  std::vector<std::shared_ptr<Notifier>> in_use;
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
    in_use = in_use_;
  }
  for (const std::shared_ptr<Notifier>& notifier : in_use) notifier->stop();
}

DeliveryResult DeliveryWorker::attempt(const Delivery& delivery, const std::shared_ptr<Notifier>& notifier) {
  const MonoTime start = parts_.clock.mono();
  DeliveryResult result = ask(delivery, notifier);
  result.latency = parts_.clock.mono() - start;
  parts_.metrics.attempted(delivery.receiver, delivery.integration, result);
  log_attempt(delivery, result);
  return result;
}

Outbox::Verdict DeliveryWorker::verdict(const Delivery& delivery, const DeliveryConfig& config,
                                        const DeliveryResult& result, std::string_view gave_up) {
  constexpr std::uint64_t kSteps = 1000;
  const double unit = static_cast<double>(parts_.random.below(kSteps)) / static_cast<double>(kSteps);
  const WallTime now = parts_.clock.wall();
  Outbox::Verdict verdict{.state = state_after(result, gave_up)};
  verdict.next_try_at = now + backoff(config, delivery.attempts, result.retry_after, unit);
  if (result.retry_after) verdict.not_before = now + std::min(*result.retry_after, config.max_retry_after);
  return verdict;
}

bool DeliveryWorker::record(const Tried& tried) {
  const Delivery& delivery = tried.delivery;
  const Result<DeliveryState> recorded =
      parts_.outbox.record(name_, delivery, tried.result, tried.verdict, parts_.observer);
  if (!recorded) {
    parts_.metrics.store_failed();
    parts_.log.error("outbox is not available", {{"doing", "recording a try"}, {"error", recorded.error()}});
    const ErrorKind kind = recorded.error().kind;  // of others the lease ends, and the same id is sent again
    return kind != ErrorKind::Unavailable && kind != ErrorKind::Timeout;
  }
  // Another message may have taken its place during the try.
  if (tried.gave_up.empty() || *recorded != tried.verdict.state) return true;
  parts_.metrics.gave_up(delivery.receiver, delivery.integration, tried.gave_up);
  parts_.log.error("notification given up", {{"receiver", delivery.receiver},
                                             {"integration", delivery.integration},
                                             {"delivery", delivery.id},
                                             {"reason", tried.gave_up},
                                             {"detail", tried.result.detail}});
  return true;
}

void DeliveryWorker::log_attempt(const Delivery& delivery, const DeliveryResult& result) {
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

}  // namespace picket::alertd
