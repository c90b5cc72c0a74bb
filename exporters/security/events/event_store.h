// Keeps events in a database and gives them back: SQLite in the storage folder, or PostgreSQL. add() never
// waits: events stand in a bounded queue until they are written in the background, each once however often it
// comes (its id says which it is). A database that does not open or write is tried again; a damaged SQLite
// file is set aside and begun anew. What is too old or too much is deleted in small steps between the writes.
// Safe from any thread; claim(), start() and stop() are the owner's.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/daemon/folder_lock.h"
#include "base/exec/mutex.h"
#include "base/exec/worker_pool.h"
#include "base/files/files.h"
#include "base/log/logger.h"
#include "base/time/scheduler.h"
#include "exporters/security/events/event_limits.h"
#include "exporters/security/events/event_metrics.h"
#include "exporters/security/events/event_table.h"

namespace picket::security {

/// "security.db" in the folder of --storage.path, or the database of --storage.dsn.
Result<sql::Dsn> events_dsn(const std::string& storage_path, const std::string& storage_dsn);

class EventStore {
 public:
  static constexpr std::size_t kQueueMax = 50'000;
  static constexpr std::size_t kQueueBytes = std::size_t{32} * 1024 * 1024;
  /// At a time: they share the processors with the rest of the exporter, and anybody may ask.
  static constexpr std::size_t kSearchesMax = 2;
  static constexpr Duration kInterval = std::chrono::seconds(1);
  static constexpr Duration kReopenAfter = std::chrono::seconds(5);
  /// Later than this after now no event happened: it gets the time at which it came.
  static constexpr Duration kAhead = std::chrono::hours(24);

  struct Services {
    Scheduler& scheduler;
    Files& files;
    Logger& log;
    MetricRegistry& registry;
  };

  EventStore(sql::Dsn dsn, const Services& services);
  ~EventStore();
  EventStore(const EventStore&) = delete;
  EventStore& operator=(const EventStore&) = delete;

  /// Takes the folder of an embedded database for this process alone, as FolderLock::claim(). Before start().
  Result<void> claim() { return folder_.claim(); }
  /// Opens the database in the background.
  void start();
  /// Tries once more to write what waits, and ends. Idempotent.
  void stop();
  void set_limits(const EventLimits& limits);

  /// Never waits. Dropped, and counted, when the queue is full.
  void add(SecurityEvent event);
  /// Events that a crash would lose now: read lines need not be read again when it is 0.
  std::size_t waiting() const;

  /// What is stored; what waits appears when it is written. Unavailable says why the store cannot be read.
  Result<EventPage> events(const EventFilter& filter);
  /// The same for callers from outside. Unavailable also when kSearchesMax of them are under way.
  Result<EventPage> search(const EventFilter& filter);
  /// Why the store takes nothing; "" when it does.
  std::string trouble() const;

 private:
  void tick();
  void request_work() REQUIRES(mutex_);
  void work();
  Result<bool> write_and_trim();
  Result<std::shared_ptr<EventTable>> opened();
  Result<std::shared_ptr<EventTable>> open();
  Result<void> set_aside();
  bool take_batch() EXCLUDES(mutex_);
  Result<void> write_batch(EventTable& table);
  Result<void> write_one_by_one(EventTable& table);
  void settle(std::size_t events, std::int64_t added) EXCLUDES(mutex_);
  Result<bool> trim(EventTable& table);
  Result<bool> trim_by_count(EventTable& table, std::size_t max);
  Result<bool> trim_by_age(EventTable& table, Duration retention);
  void note(const std::string& trouble) EXCLUDES(mutex_);
  void give_up(const Error& error) EXCLUDES(mutex_);
  void release_table() EXCLUDES(mutex_);
  void note_damage(const std::shared_ptr<EventTable>& damaged) EXCLUDES(mutex_);
  std::shared_ptr<EventTable> table() const EXCLUDES(mutex_);
  EventLimits limits() const EXCLUDES(mutex_);

  // Constant after construction.
  const sql::Dsn dsn_;
  const Services services_;
  EventMetrics metrics_;

  mutable Mutex mutex_;
  std::deque<SecurityEvent> queue_ GUARDED_BY(mutex_);
  std::size_t queue_bytes_ GUARDED_BY(mutex_) = 0;
  std::size_t in_batch_ GUARDED_BY(mutex_) = 0;
  std::shared_ptr<EventTable> table_ GUARDED_BY(mutex_);
  EventLimits limits_ GUARDED_BY(mutex_);
  std::string trouble_ GUARDED_BY(mutex_) = "it has not been opened yet";
  bool is_running_ GUARDED_BY(mutex_) = false;
  bool is_queued_ GUARDED_BY(mutex_) = false;

  // Of the worker alone; before start(), of its caller.
  FolderLock folder_;
  std::vector<SecurityEvent> batch_;  ///< taken off the queue, readable, and not written yet
  std::int64_t stored_ = 0;
  MonoTime next_open_{}, next_count_{}, next_age_{};

  std::atomic<bool> is_damaged_{false};
  std::atomic<std::size_t> searches_{0};
  TimerId timer_{};
  std::unique_ptr<WorkerPool> worker_;  // last: it uses the rest
};

}  // namespace picket::security
