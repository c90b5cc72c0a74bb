#include "authd/passwords/kdf_pool.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cmath>

namespace picket::authd {
namespace {

constexpr double kEstimateWeight = 0.2;  // of the newest measurement
constexpr double kReserveMax = 0.9;
constexpr int kLowestPriority = 19;
constexpr std::size_t kThreadsMax = 64;

std::size_t threads_of(const KdfPoolConfig& config) {
  if (config.threads > 0) return config.threads;
  const unsigned cores = std::thread::hardware_concurrency();
  return cores > 1 ? cores - 1 : 1;
}

/// On Linux a nice value belongs to a thread. Once for each thread of the pool.
void lower_priority() {
  thread_local const bool is_lowered = [] {
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kLowestPriority);
    return true;
  }();
  static_cast<void>(is_lowered);
}

QueueLane lane_of(const KdfTicket& ticket) {
  return ticket.known_device ? QueueLane::Known : QueueLane::Other;
}

}  // namespace

Result<void> validate(const KdfPoolConfig& config) {
  const bool shares = config.share_per_key > 0 && config.share_per_key <= 1 &&
                      config.reserved_for_known >= 0 && config.reserved_for_known <= kReserveMax;
  if (!shares)
    return fail(ErrorKind::InvalidInput,
                "share of one key must be above 0 and at most 1, the reserve from 0 to 0.9");
  if (config.max_wait <= Duration(0) || config.first_estimate <= Duration(0))
    return fail(ErrorKind::InvalidInput, "times of the password queue must be positive");
  return {};
}

void read_yaml(MapReader& r, KdfPoolConfig& config) {
  r.read("threads", config.threads);
  r.read("max_wait", config.max_wait);
  r.read("share_per_key", config.share_per_key);
  r.read("reserved_for_known", config.reserved_for_known);
  if (config.threads > kThreadsMax) r.problem("threads", "must be at most 64");
  if (const auto fine = validate(config); !fine) r.problem("", fine.error().message);
}

KdfPool::KdfPool(const KdfPoolConfig& config, const Clock& clock, MetricRegistry& registry)
    : config_(config),
      clock_(clock),
      thread_count_(threads_of(config)),
      metrics_(registry),
      estimate_seconds_(seconds(config.first_estimate)),
      pool_("authd-kdf", {.threads = thread_count_, .queue = kKdfWaitingMax}) {
  check(validate(config).has_value(), "a KDF pool must be validated");
}

KdfPool::~KdfPool() {
  const MutexLock lock(mutex_);
  stopping_ = true;
}

std::optional<KdfRefusal> KdfPool::submit(KdfTicket ticket, KdfWork work) {
  {
    const MutexLock lock(mutex_);
    if (const auto reason = objection_to(ticket)) {
      metrics_.rejected(to_string(*reason));
      return refusal(*reason);
    }
    const QueueLane lane = lane_of(ticket);
    const std::string key = ticket.share_key;
    queue_.push(lane, key, Waiting{std::move(ticket), std::move(work), clock_.mono()});
    metrics_.depth(queue_.size());
  }
  const bool taken = pool_.submit([this] { run_next(); });
  check(taken, "the pool holds a task for each that waits");
  return std::nullopt;
}

std::optional<KdfRefusal> KdfPool::would_refuse(const KdfTicket& ticket) const {
  const MutexLock lock(mutex_);
  const auto reason = objection_to(ticket);
  return reason ? std::optional(refusal(*reason)) : std::nullopt;
}

std::size_t KdfPool::waiting() const {
  const MutexLock lock(mutex_);
  return queue_.size();
}

std::size_t KdfPool::capacity() const {
  const MutexLock lock(mutex_);
  return capacity_now();
}

std::size_t KdfPool::capacity_now() const {
  const double fits = seconds(config_.max_wait) * static_cast<double>(thread_count_) / estimate_seconds_;
  return static_cast<std::size_t>(std::clamp(fits, 1.0, static_cast<double>(kKdfWaitingMax)));
}

std::size_t KdfPool::share_of(double share) const {
  return std::max<std::size_t>(1, static_cast<std::size_t>(share * static_cast<double>(capacity_now())));
}

std::optional<KdfRejection> KdfPool::objection_to(const KdfTicket& ticket) const {
  if (stopping_) return KdfRejection::Stopping;
  if (queue_.size() >= capacity_now()) return KdfRejection::QueueFull;
  const std::size_t for_others = share_of(1 - config_.reserved_for_known);
  if (!ticket.known_device && queue_.size(QueueLane::Other) >= for_others) return KdfRejection::QueueFull;
  if (queue_.held_by(ticket.share_key) >= share_of(config_.share_per_key)) return KdfRejection::KeyShare;
  return std::nullopt;
}

KdfRefusal KdfPool::refusal(KdfRejection reason) const {
  const double wait =
      static_cast<double>(queue_.size()) * estimate_seconds_ / static_cast<double>(thread_count_);
  return {reason, std::chrono::seconds(std::max(1L, std::lround(std::ceil(wait))))};
}

KdfRefusal KdfPool::refuse(KdfRejection reason) {
  metrics_.rejected(to_string(reason));
  const MutexLock lock(mutex_);
  return refusal(reason);
}

std::optional<KdfRejection> KdfPool::fault_of(const KdfTicket& ticket) const {
  if (ticket.caller_gone.stop_requested()) return KdfRejection::CallerGone;
  if (ticket.deadline.passed(clock_)) return KdfRejection::Expired;
  const MutexLock lock(mutex_);
  if (stopping_) return KdfRejection::Stopping;
  return std::nullopt;
}

std::optional<KdfPool::Waiting> KdfPool::take() {
  const MutexLock lock(mutex_);
  auto next = queue_.pop();
  metrics_.depth(queue_.size());
  return next;
}

/// One for each that waits, whether it is run or dropped.
void KdfPool::run_next() {
  lower_priority();
  const auto next = take();
  check(next.has_value(), "a task of the pool without work");
  if (const auto fault = fault_of(next->ticket)) {
    next->work(refuse(*fault));
  } else {
    run_now(*next);
  }
}

void KdfPool::run_now(const Waiting& next) {
  const MonoTime begun = clock_.mono();
  metrics_.waited(begun - next.since);
  next.work(std::nullopt);
  const Duration took = clock_.mono() - begun;
  metrics_.ran(next.ticket.algorithm, took);
  const MutexLock lock(mutex_);
  estimate_seconds_ += kEstimateWeight * (seconds(took) - estimate_seconds_);
}

}  // namespace picket::authd
