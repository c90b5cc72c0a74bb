// The newest events of the store, read every few seconds, for a page that waits for no database. Safe from any
// thread; start() and stop() are the owner's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/exec/mutex.h"
#include "base/exec/worker_pool.h"
#include "base/time/scheduler.h"
#include "exporters/security/events/event_filter.h"

namespace picket::security {

class LastEvents {
 public:
  static constexpr Duration kInterval = std::chrono::seconds(2);
  using Query = std::function<Result<EventPage>()>;

  /// `query` runs on the pool, one at a time; what it uses outlives the pool's tasks.
  LastEvents(Scheduler& scheduler, WorkerPool& pool, Query query)
      : scheduler_(scheduler), pool_(pool), state_(std::make_shared<State>(std::move(query))) {}
  ~LastEvents() { stop(); }
  LastEvents(const LastEvents&) = delete;
  LastEvents& operator=(const LastEvents&) = delete;

  void start();
  /// Waits for a query under way.
  void stop();
  /// Newest first, and why they could not be read: "" when they could.
  std::pair<std::vector<SecurityEvent>, std::string> read() const;

 private:
  struct State {
    explicit State(Query run) : query(std::move(run)) {}
    void refresh() EXCLUDES(mutex);

    const Query query;
    Mutex running;  ///< held while the query runs
    mutable Mutex mutex;
    bool is_queued GUARDED_BY(mutex) = false;
    bool is_over GUARDED_BY(mutex) = false;
    std::vector<SecurityEvent> events GUARDED_BY(mutex);
    std::string trouble GUARDED_BY(mutex);
  };

  Scheduler& scheduler_;
  WorkerPool& pool_;
  const std::shared_ptr<State> state_;  ///< outlives this while a task of the pool has it
  std::optional<TimerId> timer_;
};

}  // namespace picket::security
