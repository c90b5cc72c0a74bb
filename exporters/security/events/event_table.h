// The events in a database, SQLite or PostgreSQL. Blocks: call it from a worker. Safe from any thread.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/sql/database.h"
#include "exporters/security/events/event_filter.h"

namespace picket::security {

class EventTable {
 public:
  /// Opens the database and brings its table up to date. Corrupt only for a damaged file.
  static Result<std::unique_ptr<EventTable>> open(const sql::Dsn& dsn);

  /// In one transaction; answers how many were new. An event whose id is there is left as it is. The events
  /// are readable().
  Result<std::int64_t> insert(std::span<const SecurityEvent> events);
  Result<EventPage> events(const EventFilter& filter);
  Result<std::int64_t> count();
  /// The oldest, at most `most` of them; answers how many.
  Result<std::int64_t> delete_oldest(std::int64_t most);
  Result<std::int64_t> delete_before(WallTime time, std::int64_t most);

 private:
  explicit EventTable(std::unique_ptr<sql::Database> database) : database_(std::move(database)) {}

  const std::unique_ptr<sql::Database> database_;
};

}  // namespace picket::security
