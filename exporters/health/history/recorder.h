// Keeps the history durable beside the running checks: events at once, the rest every few seconds and at
// stop. A store that does not open or write is tried again; nothing here ever waits for it but events(). Safe
// from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/crypto/random.h"
#include "base/daemon/folder_lock.h"
#include "base/exec/worker_pool.h"
#include "base/files/files.h"
#include "base/log/logger.h"
#include "base/time/scheduler.h"
#include "exporters/health/history/history_metrics.h"
#include "exporters/health/history/history_store.h"
#include "exporters/health/history/pending_events.h"

namespace picket::health {

/// Whose history it is: the engine. Called on the recorder's thread.
class HistorySource {
 public:
  virtual ~HistorySource() = default;
  /// What earlier processes knew; called once, when the store has been read.
  virtual void restore(std::vector<SavedCheck> saved) = 0;
  /// Checks `first`, `first` + 1, ...; fewer than `count` at the end.
  virtual std::vector<SavedCheck> save(std::size_t first, std::size_t count) = 0;
};

struct RecorderServices {
  Scheduler& scheduler;
  Files& files;
  Logger& log;
  MetricRegistry& registry;
  Random& random;
};

class HistoryRecorder {
 public:
  static constexpr std::size_t kMaxPending = 10'000;
  static constexpr Duration kFlushInterval = std::chrono::seconds(5);
  /// With many checks a flush is megabytes: less often then.
  static constexpr Duration kFlushIntervalLarge = std::chrono::seconds(30);
  static constexpr std::size_t kLarge = 1000;

  HistoryRecorder(sql::Dsn dsn, const RecorderServices& services);
  ~HistoryRecorder();
  HistoryRecorder(const HistoryRecorder&) = delete;
  HistoryRecorder& operator=(const HistoryRecorder&) = delete;

  /// Takes the folder of an embedded database for this process alone, as FolderLock::claim(). Before start().
  Result<void> claim() { return folder_.claim(); }
  /// `source` must outlive stop(). Opens the store in the background.
  void start(HistorySource& source);
  /// Writes everything once more and ends. Idempotent.
  void stop();
  void set_limits(const HistoryLimits& limits);

  /// Gives the event its id and writes it soon.
  Event record(Event event);

  struct Page {
    std::vector<Event> events;  ///< newest first
    bool complete = true;       ///< false: the store does not answer, only what is not yet written is here
  };
  Page events(const EventFilter& filter);

 private:
  void request_flush(bool everything);
  void flush(bool everything);
  Result<std::shared_ptr<HistoryStore>> opened_store();
  Result<std::shared_ptr<HistoryStore>> open_store();
  Result<void> load(HistoryStore& store);
  Result<void> write(HistoryStore& store, bool everything);
  Result<void> write_events(HistoryStore& store);
  Result<void> write_checks(HistoryStore& store);
  void prune(HistoryStore& store);
  void give_up_on_store(const Error& error);
  void release_store() EXCLUDES(mutex_);
  std::shared_ptr<HistoryStore> store() const EXCLUDES(mutex_);

  // Constant after construction.
  const sql::Dsn dsn_;
  const RecorderServices services_;
  const std::string writer_;  ///< tells this process from others that write to the same database
  HistoryMetrics metrics_;
  PendingEvents pending_{kMaxPending};

  mutable Mutex mutex_;
  std::shared_ptr<HistoryStore> store_ GUARDED_BY(mutex_);
  HistoryLimits limits_ GUARDED_BY(mutex_);

  // Of the recorder's thread alone; before start(), of its caller.
  FolderLock folder_;
  HistorySource* source_ = nullptr;
  bool loaded_ = false;
  bool store_is_damaged_ = false;
  bool large_ = false;
  MonoTime next_open_{};
  MonoTime next_full_{};
  MonoTime next_prune_{};

  std::atomic<bool> flush_queued_{false};
  std::atomic<bool> stopped_{true};
  TimerId timer_{};
  std::unique_ptr<WorkerPool> worker_;
};

}  // namespace picket::health
