// Runs the queries on their own schedule, each at most once at a time, through the lanes of their databases:
// within a second of the start, then at moments spread over their intervals. Whoever scrapes never waits for
// one. Safe from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "base/exec/mutex.h"
#include "base/metrics/registry.h"
#include "base/time/scheduler.h"
#include "exporters/business/databases/lane.h"
#include "exporters/business/queries/query_config.h"

namespace picket::business {

class QuerySchedule {
 public:
  using Done = std::function<void(const QueryPtr& query, const ReadOutcome& outcome)>;

  /// `done` hears of every run, on a thread of the query's lane; one that just ends may come after stop().
  QuerySchedule(Scheduler& scheduler, Logger& log, MetricRegistry& registry, Done done);
  ~QuerySchedule();
  QuerySchedule(const QuerySchedule&) = delete;
  QuerySchedule& operator=(const QuerySchedule&) = delete;

  /// Databases and queries that are as before go on undisturbed. Runs of what is gone are cancelled. One call
  /// at a time.
  void apply(const std::vector<DatabaseConfig>& databases, const std::vector<QueryPtr>& queries);
  /// Cancels what runs; nothing runs afterwards.
  void stop();
  std::vector<LaneStatus> lanes() const;
  /// How long it is until the next run of each query, by name.
  std::map<std::string, Duration> next_runs() const;
  /// Another read of a database, between those of the queries. False when there is no such database or its
  /// queue is full.
  bool submit(const std::string& database, Read read);

 private:
  struct Entry;
  using LanePtr = std::shared_ptr<Lane>;
  using EntryPtr = std::shared_ptr<Entry>;
  using Entries = std::map<std::string, EntryPtr>;
  /// What runs share; a task of the scheduler may still hold it when the schedule has gone.
  struct Links {
    Done done;
    prometheus::Counter& still_running;
    prometheus::Counter& queue_full;
  };

  LanePtr lane_for(const DatabaseConfig& database) const;
  /// The one of `before` when nothing has changed, else a new one that is not scheduled yet.
  static EntryPtr entry_for(const QueryPtr& query, const LanePtr& lane, const Entries& before);
  void schedule(const EntryPtr& entry);
  static void run(const EntryPtr& entry, const std::shared_ptr<const Links>& links);

  Scheduler& scheduler_;
  Logger& log_;
  const std::shared_ptr<const Links> links_;

  mutable Mutex mutex_;
  std::map<std::string, LanePtr> lanes_ GUARDED_BY(mutex_);
  Entries entries_ GUARDED_BY(mutex_);
};

}  // namespace picket::business
