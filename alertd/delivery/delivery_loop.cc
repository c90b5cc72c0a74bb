#include "alertd/delivery/delivery_loop.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <set>

#include "alertd/delivery/lane.h"
#include "base/exec/task_failures.h"
#include "base/time/timestamp.h"

namespace picket::alertd {

/// The work itself, shared with tasks on the threads so that a late one never outlives what it touches. One
/// round at a time.
class DeliveryLoop::Work : public std::enable_shared_from_this<DeliveryLoop::Work> {
 public:
  Work(DeliveryConfig config, DeliveryPace pace, DeliveryParts parts, DeliveryThreads threads)
      : pace_(pace),
        parts_(parts),
        threads_(std::move(threads)),
        worker_(parts.random.hex(8), std::move(parts)),
        config_(config) {}

  void ask() {
    if (stopping_ || asked_.exchange(true)) return;
    const bool queued = threads_.run([self = shared_from_this()] {
      self->asked_ = false;
      self->rounds();
    });
    if (!queued) asked_ = false;
  }

  void stop() EXCLUDES(mutex_) {
    stopping_ = true;
    worker_.stop();
    const MutexLock lock(mutex_);
    while (at_work_) round_over_.wait(mutex_);
  }
  Duration poll() const { return pace_.poll; }
  void reload(DeliveryConfig config) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    config_ = config;
  }

 private:
  void rounds() {
    again_ = true;
    while (again_ && begin_round()) {
      again_ = false;
      TaskFailures::of_process().run("delivery", [this] { round(); });
      end_round();
    }
  }

  bool begin_round() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (stopping_ || at_work_) return false;
    return at_work_ = true;
  }

  void end_round() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    at_work_ = false;
    round_over_.notify_all();
  }

  void round() {
    if (!record_again()) return;
    const Result<std::vector<Outbox::Depth>> depths = parts_.outbox.depths();
    if (!depths) return store_failed("counting messages", depths.error());
    observe(*depths);
    for (const Outbox::Depth& depth : *depths) {
      if (stopping_ || !renew_claims()) return;
      claim(depth);
    }
    forget_idle_lanes(*depths);
    clean_up_sometimes();
  }

  /// Of the tries under way. False when the store is away: then nothing is claimed, or a try that outlasts
  /// its claim would be made twice.
  bool renew_claims() {
    if (now() < next_renewal_) return true;
    const Result<void> renewed = parts_.outbox.renew(worker_.name(), under_way(), pace_.lease);
    if (renewed) next_renewal_ = now() + pace_.renewal;
    if (!renewed) store_failed("renewing claims", renewed.error());
    return renewed.has_value();
  }

  std::vector<std::string> under_way() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return {under_way_.begin(), under_way_.end()};
  }

  void claim(const Outbox::Depth& depth) {
    Outbox::Wanted wanted{.integration_id = depth.integration_id};
    {
      const MutexLock lock(mutex_);
      const Lane& lane = lane_of(depth);
      wanted.limit = lane.free(now());
      wanted.probe = lane.down();
    }
    if (wanted.limit <= 0) return;
    if (!wanted.probe && depth.next_try > parts_.clock.wall()) return;
    const Result<std::vector<Delivery>> claimed = parts_.outbox.claim(worker_.name(), wanted, pace_.lease);
    if (!claimed) return store_failed("claiming messages", claimed.error());
    for (const Delivery& delivery : *claimed) start(delivery);
  }

  void start(const Delivery& delivery) {
    {
      const MutexLock lock(mutex_);
      lane_of(delivery.integration_id).started();
      under_way_.insert(delivery.id);
    }
    bool queued = false;
    TaskFailures::of_process().run("delivery", [&] {
      queued = threads_.run_in_lane(delivery.integration_id,
                                    [self = shared_from_this(), delivery] { self->deliver(delivery); });
    });
    if (queued) return;
    {
      const MutexLock lock(mutex_);
      lane_of(delivery.integration_id).not_started();
      under_way_.erase(delivery.id);
    }
    const Result<void> released = parts_.outbox.release(worker_.name(), delivery);
    if (!released) store_failed("releasing a message", released.error());
  }

  void deliver(const Delivery& delivery) {
    Tried tried{.delivery = delivery};  // of a worker that throws: the lane is free again all the same
    bool recorded = true;
    TaskFailures::of_process().run("deliver", [&] {
      tried = worker_.deliver(delivery, config());
      recorded = worker_.record(tried);
    });
    if (recorded) return ended(tried);
    const MutexLock lock(mutex_);  // its place in the lane stays taken, so these are few
    unrecorded_.push_back(std::move(tried));
  }

  void ended(const Tried& tried) {
    bool back = false;
    {
      const MutexLock lock(mutex_);
      under_way_.erase(tried.delivery.id);
      back = lane_of(tried.delivery.integration_id).ended(tried.delivery.id, tried.result, now());
    }
    if (back) peer_is_back(tried.delivery);
    ask();
  }

  /// What could not be recorded when it ended, while the store was away. False when it still is.
  bool record_again() {
    for (std::optional<Tried> tried = first_unrecorded(); tried; tried = first_unrecorded()) {
      if (!worker_.record(*tried)) return false;
      {
        const MutexLock lock(mutex_);
        unrecorded_.pop_front();  // others only add at the end
      }
      ended(*tried);
    }
    return true;
  }

  std::optional<Tried> first_unrecorded() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (unrecorded_.empty()) return std::nullopt;
    return unrecorded_.front();
  }

  void peer_is_back(const Delivery& delivery) {
    const Result<void> due = parts_.outbox.make_due(delivery.integration_id);
    if (!due) return store_failed("making messages due", due.error());
    parts_.log.info("receiver answers again",
                    {{"receiver", delivery.receiver}, {"integration", delivery.integration}});
  }

  void forget_idle_lanes(const std::vector<Outbox::Depth>& depths) {
    for (const std::string& id : idle_lanes(depths)) {
      if (!threads_.forget_lane(id)) continue;
      const MutexLock lock(mutex_);
      lanes_.erase(id);
    }
  }

  std::vector<std::string> idle_lanes(const std::vector<Outbox::Depth>& depths) const EXCLUDES(mutex_) {
    std::vector<std::string> idle;
    const MutexLock lock(mutex_);
    for (const auto& [id, lane] : lanes_) {
      const bool waits = std::ranges::find(depths, id, &Outbox::Depth::integration_id) != depths.end();
      if (!waits && lane.under_way() == 0) idle.push_back(id);
    }
    return idle;
  }

  void observe(const std::vector<Outbox::Depth>& depths) {
    std::int64_t pending = 0;
    std::optional<WallTime> oldest;
    for (const Outbox::Depth& depth : depths) {
      pending += depth.pending;
      oldest = std::min(oldest.value_or(depth.oldest), depth.oldest);
    }
    parts_.metrics.depth(static_cast<double>(pending), oldest ? unix_seconds(*oldest) : 0);
  }

  void clean_up_sometimes() {
    if (now() < next_clean_up_) return;
    next_clean_up_ = now() + std::chrono::hours(1);
    const WallTime wall = parts_.clock.wall();
    const Result<std::int64_t> pruned = parts_.outbox.prune(wall - pace_.retention);
    if (!pruned) return store_failed("pruning messages", pruned.error());
    const Result<std::int64_t> emptied = parts_.outbox.drop_payloads(wall - config().payload_retention);
    if (!emptied) return store_failed("dropping payloads", emptied.error());
    if (*pruned + *emptied > 0) next_clean_up_ = now();  // more may be left: the next round goes on
  }

  void store_failed(std::string_view doing, const Error& error) {
    parts_.metrics.store_failed();
    parts_.log.error("outbox is not available", {{"doing", doing}, {"error", error}});
  }

  /// A pause that the peer asked for outlives a restart.
  Lane& lane_of(const Outbox::Depth& depth) REQUIRES(mutex_) {
    const bool is_new = !lanes_.contains(depth.integration_id);
    Lane& lane = lane_of(depth.integration_id);
    const Duration pause = depth.not_before - parts_.clock.wall();
    if (is_new && pause > Duration::zero()) lane.pause_until(now() + pause);
    return lane;
  }

  Lane& lane_of(const std::string& integration_id) REQUIRES(mutex_) {
    const LaneLimits limits{.concurrency = pace_.concurrency,
                            .probe_interval = pace_.probe_interval,
                            .max_retry_after = config_.max_retry_after};
    return lanes_.try_emplace(integration_id, limits).first->second;
  }

  DeliveryConfig config() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return config_;
  }
  MonoTime now() const { return parts_.clock.mono(); }

  const DeliveryPace pace_;
  DeliveryParts parts_;
  const DeliveryThreads threads_;
  DeliveryWorker worker_;
  std::atomic<bool> asked_{false}, again_{false}, stopping_{false};
  MonoTime next_clean_up_{}, next_renewal_{};  // touched by rounds alone

  mutable Mutex mutex_;
  ConditionVariable round_over_;
  bool at_work_ GUARDED_BY(mutex_) = false;
  DeliveryConfig config_ GUARDED_BY(mutex_);
  std::map<std::string, Lane> lanes_ GUARDED_BY(mutex_);
  std::set<std::string> under_way_ GUARDED_BY(mutex_);  ///< messages
  std::deque<Tried> unrecorded_ GUARDED_BY(mutex_);
};

DeliveryLoop::DeliveryLoop(DeliveryConfig config, DeliveryPace pace, DeliveryParts parts,
                           DeliveryThreads threads, Scheduler& scheduler)
    : work_(std::make_shared<Work>(config, pace, std::move(parts), std::move(threads))),
      scheduler_(scheduler) {}

DeliveryLoop::~DeliveryLoop() {
  stop();
}

void DeliveryLoop::start() {
  timer_ = scheduler_.every({.interval = work_->poll(), .jitter = {}, .first = {}},
                            [work = work_] { work->ask(); });
}

void DeliveryLoop::reload(DeliveryConfig config) {
  work_->reload(config);
}

void DeliveryLoop::nudge() {
  work_->ask();
}

void DeliveryLoop::stop() {
  if (timer_) scheduler_.cancel(*timer_);
  timer_.reset();
  work_->stop();
}

}  // namespace picket::alertd
