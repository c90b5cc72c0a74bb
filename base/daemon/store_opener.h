// What a daemon builds on its database, when that opens later than the daemon starts and configurations are
// loaded meanwhile: opened at start, tried again every few seconds until it opens, reloaded from then on. A
// configuration that comes while the database opens is in force afterwards. No lock is held while it opens or
// reloads, so that core() and error() never wait for either. start() and close() are the owner's, the rest is
// safe from any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/exec/mutex.h"
#include "base/exec/worker_pool.h"
#include "base/result/result.h"
#include "base/time/scheduler.h"

namespace picket {

template <class Core, class Config>
class StoreOpener {
 public:
  static constexpr Duration kRetryInterval = std::chrono::seconds(5);

  /// What the daemon does at each step; no step runs beside itself.
  struct Steps {
    std::function<Result<std::shared_ptr<Core>>(const Config&)> open;
    std::function<Result<void>(Core&, const Config&)> reload;
    /// It works with the newest configuration; nobody sees it yet.
    std::function<void(const std::shared_ptr<Core>&)> opened;
    std::function<void(const Error&)> failed;
  };

  StoreOpener(Scheduler& scheduler, WorkerPool& pool, Steps steps)
      : scheduler_(scheduler), pool_(pool), state_(std::make_shared<State>(std::move(steps))) {}
  /// close()s.
  ~StoreOpener() { close(); }
  StoreOpener(const StoreOpener&) = delete;
  StoreOpener& operator=(const StoreOpener&) = delete;

  /// The configuration in force from now on. The error is that of reload(), and the one before stays in
  /// force; while nothing is open there is none. One call at a time.
  Result<void> apply(Config config) {
    return state_->apply(std::make_shared<const Config>(std::move(config)));
  }

  /// Tries to open on this thread; when that fails, again and again on the pool. After the first apply().
  void start() {
    state_->try_open();
    if (core() != nullptr) return;
    retry_ = scheduler_.every({.interval = kRetryInterval, .jitter = {}, .first = kRetryInterval},
                              [state = state_, &pool = pool_] {
                                if (state->is_wanted()) pool.submit([state] { state->try_open(); });
                              });
  }

  /// Null until it is open, and after close().
  std::shared_ptr<Core> core() const { return state_->core(); }
  /// Why it is not open yet.
  std::string error() const { return state_->error(); }

  /// Opens nothing any more, waits for an opening under way, and gives the core away. Idempotent.
  std::shared_ptr<Core> close() {
    if (retry_) scheduler_.cancel(*std::exchange(retry_, std::nullopt));
    return state_->close();
  }

 private:
  using ConfigPtr = std::shared_ptr<const Config>;

  /// Outlives the opener while a task of the pool holds it.
  class State {
   public:
    explicit State(Steps steps) : steps_(std::move(steps)) {}

    Result<void> apply(ConfigPtr config) EXCLUDES(mutex_) {
      std::shared_ptr<Core> core;
      {
        const MutexLock lock(mutex_);
        core = core_;
        if (core == nullptr) config_ = config;  // an opening under way looks for it
      }
      if (core == nullptr) return {};
      if (Result<void> reloaded = steps_.reload(*core, *config); !reloaded) return reloaded;
      const MutexLock lock(mutex_);
      config_ = std::move(config);
      return {};
    }

    void try_open() EXCLUDES(mutex_) {
      {
        const MutexLock lock(mutex_);
        if (closed_ || opening_ || core_ != nullptr) return;
        opening_ = true;
      }
      const Ending ending(*this);
      open_now();
    }

    std::shared_ptr<Core> close() EXCLUDES(mutex_) {
      std::unique_lock<Mutex> lock(mutex_);
      closed_ = true;
      idle_.wait(lock, [this]() PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) { return !opening_; });
      is_open_ = false;
      return std::exchange(core_, nullptr);
    }

    bool is_wanted() const EXCLUDES(mutex_) {
      const MutexLock lock(mutex_);
      return !closed_ && !opening_ && core_ == nullptr;
    }
    std::shared_ptr<Core> core() const EXCLUDES(mutex_) {
      const MutexLock lock(mutex_);
      return is_open_ ? core_ : nullptr;
    }
    std::string error() const EXCLUDES(mutex_) {
      const MutexLock lock(mutex_);
      return error_;
    }

   private:
    /// The end of an opening, also of one that threw.
    class Ending {
     public:
      explicit Ending(State& state) : state_(state) {}
      ~Ending() {
        const MutexLock lock(state_.mutex_);
        state_.opening_ = false;
        state_.is_open_ = state_.core_ != nullptr;
        state_.idle_.notify_all();
      }
      Ending(const Ending&) = delete;
      Ending& operator=(const Ending&) = delete;

     private:
      State& state_;
    };

    /// A core that close() came before has ended when it returns.
    void open_now() EXCLUDES(mutex_) {
      const Result<std::shared_ptr<Core>> core = open_with_newest();
      if (core) {
        if (is_taken()) steps_.opened(*core);
        return;
      }
      {
        const MutexLock lock(mutex_);
        error_ = core.error().message;
      }
      steps_.failed(core.error());
    }

    Result<std::shared_ptr<Core>> open_with_newest() EXCLUDES(mutex_) {
      ConfigPtr config = newest();
      Result<std::shared_ptr<Core>> core = steps_.open(*config);
      while (core && !take(*core, config)) {
        config = newest();
        if (const Result<void> reloaded = steps_.reload(**core, *config); !reloaded) return fail(reloaded);
      }
      return core;
    }

    /// Keeps `core`, unless a configuration newer than `config` has come (false), or close().
    bool take(const std::shared_ptr<Core>& core, const ConfigPtr& config) EXCLUDES(mutex_) {
      const MutexLock lock(mutex_);
      if (closed_) return true;
      if (config_ != config) return false;
      core_ = core;
      return true;
    }

    bool is_taken() const EXCLUDES(mutex_) {
      const MutexLock lock(mutex_);
      return core_ != nullptr;
    }

    ConfigPtr newest() const EXCLUDES(mutex_) {
      const MutexLock lock(mutex_);
      return config_;
    }

    const Steps steps_;
    mutable Mutex mutex_;
    ConditionVariable idle_;
    ConfigPtr config_ GUARDED_BY(mutex_);
    std::shared_ptr<Core> core_ GUARDED_BY(mutex_);  // reloaded from when it is set, seen when is_open_ is
    bool is_open_ GUARDED_BY(mutex_) = false;
    bool opening_ GUARDED_BY(mutex_) = false;
    bool closed_ GUARDED_BY(mutex_) = false;
    std::string error_ GUARDED_BY(mutex_) = "it has not been opened yet";
  };

  Scheduler& scheduler_;
  WorkerPool& pool_;
  const std::shared_ptr<State> state_;
  std::optional<TimerId> retry_;
};

}  // namespace picket
