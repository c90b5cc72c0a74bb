// Where the history of the checks is kept: SQLite in the storage folder, or PostgreSQL. Times, counters and
// the timeline are one row per check, events one row each; all are bounded. Blocks: call it from a worker.
// Safe from any thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/sql/database.h"
#include "exporters/health/history/event.h"
#include "exporters/health/history/saved_check.h"

namespace picket::health {

struct HistoryLimits {
  Duration history = std::chrono::hours(24 * 90);
  Duration events = std::chrono::hours(24 * 90);
  std::size_t events_max = 10'000;
};

class HistoryStore {
 public:
  /// Opens the database and brings its tables up to date. `writer` tells the processes apart that write to
  /// one database.
  static Result<std::unique_ptr<HistoryStore>> open(const sql::Dsn& dsn, std::string writer = "");

  /// Every check there is something of. A row that cannot be read is left out and counted in `unreadable`.
  struct Loaded {
    std::vector<SavedCheck> checks;
    std::size_t unreadable = 0;
    std::int64_t last_event_id = 0;
  };
  Result<Loaded> load();

  struct Batch {
    std::vector<SavedCheck> checks;
    std::vector<Event> events;
    bool empty() const { return checks.empty() && events.empty(); }
  };
  /// In one transaction. An event that is there already is not written twice, nor a change that another
  /// writer, a replica that runs the same checks, has written.
  Result<void> save(const Batch& batch);
  /// Newest first.
  Result<std::vector<Event>> events(const EventFilter& filter);
  /// Drops what is past its retention or over the limit; returns how many rows.
  Result<std::int64_t> prune(const HistoryLimits& limits, WallTime now);

 private:
  HistoryStore(std::unique_ptr<sql::Database> database, std::string writer)
      : database_(std::move(database)), writer_(std::move(writer)) {}
  Result<void> save_check(sql::Session& session, const SavedCheck& check) const;
  Result<void> save_event(sql::Session& session, const Event& event) const;
  Result<bool> is_known_change(sql::Session& session, const Event& event) const;

  const std::unique_ptr<sql::Database> database_;
  const std::string writer_;
};

}  // namespace picket::health
