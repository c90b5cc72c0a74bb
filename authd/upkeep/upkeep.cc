#include "authd/upkeep/upkeep.h"

namespace picket::authd {
namespace {

constexpr std::size_t kThreads = 2;
constexpr std::size_t kQueue = 64;

}  // namespace

struct Upkeep::Job {
  Job(std::string its_name, std::function<Result<void>()> its_work, prometheus::Counter& its_failures)
      : name(std::move(its_name)), work(std::move(its_work)), failures(its_failures) {}
  std::string name;
  std::function<Result<void>()> work;
  prometheus::Counter& failures;
  std::atomic<bool> is_running{false};
  bool failed_before = false;  ///< used by one run at a time
};

struct Upkeep::Gate {
  Mutex mutex;
  WorkerPool* pool GUARDED_BY(mutex) = nullptr;

  bool submit(std::function<void()> work) {
    const MutexLock lock(mutex);
    return pool != nullptr && pool->submit(std::move(work));
  }
  void set(WorkerPool* to) {
    const MutexLock lock(mutex);
    pool = to;
  }
};

Upkeep::Upkeep(UpkeepParts parts)
    : parts_(parts),
      failures_(parts.registry.counter("authd_upkeep_failures_total",
                                       "Runs of recurring work that failed, by what it is.")),
      pool_(std::make_unique<WorkerPool>("upkeep", WorkerPool::Size{kThreads, kQueue})),
      gate_(std::make_shared<Gate>()) {
  gate_->set(pool_.get());
}

Upkeep::~Upkeep() {
  stop();
}

void Upkeep::every(Duration interval, std::string name, std::function<Result<void>()> work) {
  prometheus::Counter& failures = failures_.Add({{"task", name}});
  auto job = std::make_shared<Job>(std::move(name), std::move(work), failures);
  jobs_.push_back(job);
  timers_.push_back(parts_.scheduler.every(
      {.interval = interval, .jitter = Duration::zero(), .first = interval}, [this, job, gate = gate_] {
        if (job->is_running.exchange(true)) return;
        if (!gate->submit([this, job] { run(*job); })) job->is_running = false;
      }));
}

void Upkeep::run(Job& job) {
  const Result<void> done = job.work();
  if (!done) {
    job.failures.Increment();
    if (!job.failed_before) parts_.log.warn("upkeep failed", {{"job", job.name}, {"error", done.error()}});
  } else if (job.failed_before) {
    parts_.log.info("upkeep works again", {{"job", job.name}});
  }
  job.failed_before = !done;
  job.is_running = false;
}

void Upkeep::stop() {
  for (const TimerId timer : timers_) parts_.scheduler.cancel(timer);
  timers_.clear();
  gate_->set(nullptr);
  pool_.reset();
}

}  // namespace picket::authd
