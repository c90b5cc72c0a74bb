// One database's way to its data: a few sessions, each with a thread, and a bounded queue of reads before
// them. A database that hangs, is locked or is gone holds up its own lane alone. Reads that may well wait
// for a lock again ("suspect") get at most half of the sessions, so that they hold up no healthy one. Safe
// from any thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/exec/mutex.h"
#include "base/log/logger.h"
#include "base/sql/source.h"
#include "base/time/clock.h"
#include "exporters/business/databases/database_config.h"
#include "exporters/business/databases/lane_status.h"

namespace picket::business {

struct ReadOutcome {
  sql::ReadResult<sql::Rows> rows;
  Duration took{};  ///< from send to last row; not the wait in the queue
};

struct Read {
  std::string sql;
  sql::ReadLimits limits;
  bool suspect = false;                 ///< it may take long: the last one timed out
  std::optional<MonoTime> needed_by{};  ///< later it is of no use: it is not begun, and cancelled by then
  std::function<void(const ReadOutcome&)>
      done;  ///< called on a thread of the lane, unless the lane stops before
};

class Lane {
 public:
  static constexpr std::size_t kQueueMax = 10'000;
  /// After a connection failed, reads fail at once for this long.
  static constexpr Duration kReconnectPause = std::chrono::seconds(5);

  Lane(DatabaseConfig config, const Clock& clock, Logger& log);
  /// Cancels what is under way, forgets what waits, and joins. Takes about a second at most, but for a
  /// connection that is being made: `connect_timeout` then.
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// False when the queue is full.
  bool submit(Read read);
  const DatabaseConfig& config() const { return config_; }
  LaneStatus status() const;

 private:
  using SourcePtr = std::shared_ptr<sql::Source>;

  void work(const std::stop_token& stop);
  void end_busy();
  bool has_work() const REQUIRES(mutex_);
  Read take() REQUIRES(mutex_);
  void run(const Read& read);
  bool is_late(const Read& read) const;
  /// A session that waits for work, or null.
  SourcePtr idle_session();
  sql::ReadResult<SourcePtr> connect();
  void note_failure(const sql::ReadError& error);
  void note_connected(const std::vector<std::string>& rights);
  /// False when the lane stops.
  bool begin(const SourcePtr& source);
  ReadOutcome outcome_of(const Read& read, sql::Source& source) const;
  void end(const SourcePtr& source);

  const DatabaseConfig config_;
  const sql::Dsn dsn_;
  const Clock& clock_;
  Logger& log_;

  mutable Mutex mutex_;
  ConditionVariable ready_;
  ConditionVariable ended_;  ///< a read has
  std::deque<Read> healthy_ GUARDED_BY(mutex_);
  std::deque<Read> suspects_ GUARDED_BY(mutex_);
  std::size_t busy_suspects_ GUARDED_BY(mutex_) = 0;
  std::vector<SourcePtr> idle_ GUARDED_BY(mutex_);
  std::vector<SourcePtr> busy_ GUARDED_BY(mutex_);
  LaneStatus status_ GUARDED_BY(mutex_);
  MonoTime reconnect_at_ GUARDED_BY(mutex_){};
  bool stopping_ GUARDED_BY(mutex_) = false;

  std::vector<std::jthread> threads_;  // last: they use the rest
};

}  // namespace picket::business
