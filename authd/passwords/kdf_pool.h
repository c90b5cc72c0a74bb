// Where passwords are hashed and verified: a few threads of the lowest priority and a queue bounded by time,
// so that a flood of logins takes neither the cores nor the memory of everything else. Safe from any thread.
#pragma once

#include <algorithm>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <tl/expected.hpp>
#include <type_traits>

#include "authd/passwords/fair_queue.h"
#include "authd/passwords/kdf_metrics.h"
#include "authd/passwords/kdf_ticket.h"
#include "base/exec/mutex.h"
#include "base/exec/worker_pool.h"

namespace picket::authd {

/// However quick a hash is. Callers of KdfPool::run() block, one thread each: who calls it from a pool of
/// threads that also do something else has more of them than this.
inline constexpr std::size_t kKdfWaitingMax = 96;

struct KdfPoolConfig {
  std::size_t threads = 0;                                  ///< 0: all cores but one, at least one
  Duration max_wait = std::chrono::seconds(2);              ///< work that may wait, by measured time
  double share_per_key = 0.25;                              ///< of the queue, for one share_key
  double reserved_for_known = 0.25;                         ///< of the queue, for known devices
  Duration first_estimate = std::chrono::milliseconds(30);  ///< of one hash, until it is measured

  bool operator==(const KdfPoolConfig&) const = default;
};

/// InvalidInput: shares in (0, 1], the reserve in [0, 0.9], positive times.
Result<void> validate(const KdfPoolConfig& config);
void read_yaml(MapReader& r, KdfPoolConfig& config);

/// Runs on a thread of the pool, once: with nothing to do the work, with a refusal when it is dropped.
using KdfWork = std::function<void(const std::optional<KdfRefusal>&)>;

class KdfPool {
 public:
  /// `config` must be valid; `clock` and `registry` must outlive the pool.
  KdfPool(const KdfPoolConfig& config, const Clock& clock, MetricRegistry& registry);
  /// What waits is dropped (Stopping); what runs ends.
  ~KdfPool();
  KdfPool(const KdfPool&) = delete;
  KdfPool& operator=(const KdfPool&) = delete;

  /// Queues the work, or refuses it at once; then `work` is not called. Never blocks. `work` must not throw.
  std::optional<KdfRefusal> submit(KdfTicket ticket, KdfWork work);

  /// The same for blocking callers: what `work()` returned, or the refusal. Not from a thread of the pool.
  template <class Work>
  auto run(const KdfTicket& ticket, Work work) -> tl::expected<std::invoke_result_t<Work>, KdfRefusal>;

  /// What submit() would refuse it with now: for one whose answer must look as if it had been submitted.
  std::optional<KdfRefusal> would_refuse(const KdfTicket& ticket) const EXCLUDES(mutex_);

  std::size_t threads() const { return pool_.threads(); }
  std::size_t waiting() const EXCLUDES(mutex_);
  /// How many may wait now: max_wait over the measured time of one.
  std::size_t capacity() const EXCLUDES(mutex_);

 private:
  struct Waiting {
    KdfTicket ticket;
    KdfWork work;
    MonoTime since;
  };

  std::optional<KdfRejection> objection_to(const KdfTicket& ticket) const REQUIRES(mutex_);
  std::size_t capacity_now() const REQUIRES(mutex_);
  std::size_t share_of(double share) const REQUIRES(mutex_);
  KdfRefusal refusal(KdfRejection reason) const REQUIRES(mutex_);
  KdfRefusal refuse(KdfRejection reason) EXCLUDES(mutex_);
  std::optional<KdfRejection> fault_of(const KdfTicket& ticket) const EXCLUDES(mutex_);
  void run_next() EXCLUDES(mutex_);
  void run_now(const Waiting& next) EXCLUDES(mutex_);
  std::optional<Waiting> take() EXCLUDES(mutex_);

  const KdfPoolConfig config_;
  const Clock& clock_;
  const std::size_t thread_count_;
  KdfMetrics metrics_;

  mutable Mutex mutex_;
  FairQueue<Waiting> queue_ GUARDED_BY(mutex_);
  double estimate_seconds_ GUARDED_BY(mutex_);  ///< moving average of one hash
  bool stopping_ GUARDED_BY(mutex_) = false;

  WorkerPool pool_;  ///< one task for each that waits; last, so that it is joined first
};

template <class Work>
auto KdfPool::run(const KdfTicket& ticket, Work work)
    -> tl::expected<std::invoke_result_t<Work>, KdfRefusal> {
  using Answer = tl::expected<std::invoke_result_t<Work>, KdfRefusal>;
  const auto promise = std::make_shared<std::promise<Answer>>();
  std::future<Answer> answer = promise->get_future();
  const auto refused = submit(ticket, [promise, work = std::move(work)](const auto& dropped) mutable {
    promise->set_value(dropped ? Answer(tl::unexpect, *dropped) : Answer(work()));
  });
  if (refused) return Answer(tl::unexpect, *refused);
  return answer.get();
}

}  // namespace picket::authd
