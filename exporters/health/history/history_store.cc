#include "exporters/health/history/history_store.h"

#include <algorithm>

#include "base/time/timestamp.h"

namespace picket::health {

namespace {

constexpr std::string_view kCreateTables = R"(
CREATE TABLE health_checks (
  name TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  since_ms BIGINT NOT NULL,
  seen_ms BIGINT NOT NULL,
  last_probe_ms BIGINT,
  last_success_ms BIGINT,
  times TEXT NOT NULL,
  counters TEXT NOT NULL,
  spans TEXT NOT NULL
);
CREATE TABLE health_events (
  id BIGINT PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  check_name TEXT NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  reason TEXT NOT NULL,
  message TEXT NOT NULL
);
CREATE INDEX health_events_by_check ON health_events (check_name, id);
CREATE INDEX health_events_by_time ON health_events (at_ms);
)";

// A heartbeat's last report and the time to live that came with it; who wrote an event.
constexpr std::string_view kAddHeartbeatsAndWriters = R"(
ALTER TABLE health_checks ADD COLUMN heartbeat_ms BIGINT;
ALTER TABLE health_checks ADD COLUMN heartbeat_ttl_ms BIGINT;
ALTER TABLE health_events ADD COLUMN writer TEXT NOT NULL DEFAULT '';
)";

constexpr std::string_view kSaveCheck = R"(
INSERT INTO health_checks (name, state, since_ms, seen_ms, last_probe_ms, last_success_ms, times, counters, spans,
  heartbeat_ms, heartbeat_ttl_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (name) DO UPDATE SET state = excluded.state, since_ms = excluded.since_ms, seen_ms = excluded.seen_ms,
  last_probe_ms = excluded.last_probe_ms, last_success_ms = excluded.last_success_ms, times = excluded.times,
  counters = excluded.counters, spans = excluded.spans, heartbeat_ms = excluded.heartbeat_ms,
  heartbeat_ttl_ms = excluded.heartbeat_ttl_ms)";

constexpr std::string_view kSaveEvent = R"(
INSERT INTO health_events (id, at_ms, check_name, from_state, to_state, reason, message, writer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8))";

// Another writer saw the check come into the same state since we saw it come into the one that it leaves, or
// is a little ahead of us.
constexpr std::string_view kFindChange = R"(
SELECT id FROM health_events WHERE check_name = $1 AND to_state = $2 AND writer <> $3 AND (at_ms >= $4 OR
  (at_ms >= $5 AND id = (SELECT MAX(id) FROM health_events WHERE check_name = $1 AND to_state <> ''))) LIMIT 1)";
constexpr Duration kAhead = std::chrono::minutes(1);

sql::Value optional_millis(const std::optional<WallTime>& time) {
  if (!time) return std::monostate{};
  return unix_millis(*time);
}

std::optional<WallTime> optional_time(const sql::Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return from_unix_millis(row.integer(column));
}

/// Nothing that clocks show: arithmetic with it would overflow.
bool has_absurd_time(const sql::Row& row) {
  constexpr std::int64_t kMaxMs = 4'102'444'800'000;  // the year 2100
  for (const std::size_t column : {2U, 3U, 4U, 5U, 9U, 10U}) {
    if (!row.is_null(column) && (row.integer(column) < 0 || row.integer(column) > kMaxMs)) return true;
  }
  return false;
}

sql::Value optional_millis(const std::optional<Duration>& time) {
  if (!time) return std::monostate{};
  return std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(*time).count()};
}

std::string state_text(const std::optional<State>& state) {
  return state ? std::string(to_string(*state)) : std::string();
}

Result<SavedCheck> read_check_row(const sql::Row& row) {
  SavedCheck check;
  check.name = row.text(0);
  const std::optional<State> state = parse_state(row.text(1));
  if (!state) return fail(ErrorKind::Corrupt, "stored state is not known");
  if (has_absurd_time(row)) return fail(ErrorKind::Corrupt, "stored times are not possible");
  check.state = *state;
  check.since = from_unix_millis(row.integer(2));
  check.seen = from_unix_millis(row.integer(3));
  check.last_probe = optional_time(row, 4);
  check.last_success = optional_time(row, 5);
  const Result<void> times = decode_times(row.text(6), check);
  if (!times) return fail(times);
  const Result<void> counters = decode_counters(row.text(7), check);
  if (!counters) return fail(counters);
  Result<std::vector<Timeline::Span>> spans = decode_spans(row.text(8));
  if (!spans) return fail(spans);
  check.spans = std::move(*spans);
  if (const auto heard = optional_time(row, 9)) {
    check.heartbeat = Heartbeat::Saved{*heard, std::nullopt};
    if (!row.is_null(10)) check.heartbeat->ttl = std::chrono::milliseconds(row.integer(10));
  }
  return check;
}

Event read_event_row(const sql::Row& row) {
  Event event;
  event.id = row.integer(0);
  event.at = from_unix_millis(row.integer(1));
  event.check = row.text(2);
  event.from = parse_state(row.text(3));
  event.to = parse_state(row.text(4));
  event.reason = row.text(5);
  event.message = row.text(6);
  return event;
}

/// The first id from the event's own on that no other event has; empty when the event is there already.
Result<std::optional<std::int64_t>> free_id(sql::Session& session, const Event& event,
                                            const std::string& writer) {
  for (std::int64_t id = event.id;; ++id) {
    const Result<sql::Rows> there = session.query(
        "SELECT at_ms, check_name, to_state, message, writer FROM health_events WHERE id = $1", {id});
    if (!there) return fail(there);
    if (there->empty()) return std::optional(id);
    const sql::Row row = (*there)[0];
    if (row.integer(0) == unix_millis(event.at) && row.text(1) == event.check &&
        row.text(2) == state_text(event.to) && row.text(3) == event.message && row.text(4) == writer) {
      return std::optional<std::int64_t>();
    }
  }
}

/// WHERE clause and parameters, grown together.
class Conditions {
 public:
  void add(std::string_view condition, sql::Value value) {
    params_.push_back(std::move(value));
    text_ += text_.empty() ? " WHERE " : " AND ";
    text_ += fmt::format("{} ${}", condition, params_.size());
  }
  std::string placeholder(std::int64_t value) {
    params_.emplace_back(value);
    return fmt::format("${}", params_.size());
  }
  const std::string& text() const { return text_; }
  const sql::Params& params() const { return params_; }

 private:
  std::string text_;
  sql::Params params_;
};

}  // namespace

Result<std::unique_ptr<HistoryStore>> HistoryStore::open(const sql::Dsn& dsn, std::string writer) {
  Result<std::unique_ptr<sql::Database>> database = sql::Database::open(dsn);
  if (!database) return fail(database);
  const sql::Migration migrations[] = {{1, "create_health_history", kCreateTables},
                                       {2, "add_heartbeats_and_writers", kAddHeartbeatsAndWriters}};
  const Result<void> migrated = (*database)->migrate("health", migrations);
  if (!migrated) {
    Error error = migrated.error();
    // The file was found sound on opening: it is of a newer version or another program, not damaged.
    if (error.kind == ErrorKind::Corrupt) error.kind = ErrorKind::Conflict;
    return fail(std::move(error));
  }
  return std::unique_ptr<HistoryStore>(new HistoryStore(std::move(*database), std::move(writer)));
}

Result<HistoryStore::Loaded> HistoryStore::load() {
  const Result<sql::Rows> rows = database_->query(
      "SELECT name, state, since_ms, seen_ms, last_probe_ms, last_success_ms, times, counters, spans, "
      "heartbeat_ms, heartbeat_ttl_ms FROM health_checks");
  if (!rows) return fail(rows, "reading the checks");
  const Result<sql::Rows> last = database_->query("SELECT COALESCE(MAX(id), 0) FROM health_events");
  if (!last) return fail(last, "reading the events");
  Loaded loaded;
  loaded.last_event_id = last->empty() ? 0 : (*last)[0].integer(0);
  for (std::size_t i = 0; i < rows->size(); ++i) {
    Result<SavedCheck> check = read_check_row((*rows)[i]);
    if (check) {
      loaded.checks.push_back(std::move(*check));
    } else {
      ++loaded.unreadable;
    }
  }
  return loaded;
}

Result<void> HistoryStore::save(const Batch& batch) {
  return database_->transaction([this, &batch](sql::Session& session) -> Result<void> {
    for (const SavedCheck& check : batch.checks) {
      if (Result<void> done = save_check(session, check); !done) return done;
    }
    for (const Event& event : batch.events) {
      if (Result<void> done = save_event(session, event); !done) return done;
    }
    return {};
  });
}

Result<void> HistoryStore::save_check(sql::Session& session, const SavedCheck& c) const {
  std::optional<WallTime> heard;
  std::optional<Duration> ttl;
  if (c.heartbeat) {
    heard = c.heartbeat->heard;
    ttl = c.heartbeat->ttl;
  }
  const auto done = session.execute(
      kSaveCheck, {c.name, std::string(to_string(c.state)), unix_millis(c.since), unix_millis(c.seen),
                   optional_millis(c.last_probe), optional_millis(c.last_success), encode_times(c),
                   encode_counters(c), encode_spans(c.spans), optional_millis(heard), optional_millis(ttl)});
  if (!done) return fail(done);
  return {};
}

Result<void> HistoryStore::save_event(sql::Session& session, const Event& e) const {
  const Result<std::optional<std::int64_t>> id = free_id(session, e, writer_);
  if (!id) return fail(id);
  if (!*id) return {};
  const Result<bool> known = is_known_change(session, e);
  if (!known) return fail(known);
  if (*known) return {};
  const auto done = session.execute(kSaveEvent, {**id, unix_millis(e.at), e.check, state_text(e.from),
                                                 state_text(e.to), e.reason, e.message, writer_});
  if (!done) return fail(done);
  return {};
}

Result<bool> HistoryStore::is_known_change(sql::Session& session, const Event& e) const {
  if (!e.to) return false;
  const Result<sql::Rows> known = session.query(
      kFindChange,
      {e.check, state_text(e.to), writer_, unix_millis(e.from_since), unix_millis(e.from_since - kAhead)});
  if (!known) return fail(known);
  return !known->empty();
}

Result<std::vector<Event>> HistoryStore::events(const EventFilter& filter) {
  Conditions where;
  if (!filter.check.empty()) where.add("check_name =", filter.check);
  if (filter.to) where.add("to_state =", std::string(to_string(*filter.to)));
  if (filter.since) where.add("at_ms >=", unix_millis(*filter.since));
  if (filter.until) where.add("at_ms <", unix_millis(*filter.until));
  if (filter.before_id) where.add("id <", *filter.before_id);
  std::string statement =
      "SELECT id, at_ms, check_name, from_state, to_state, reason, message FROM health_events" + where.text();
  statement += " ORDER BY id DESC LIMIT " + where.placeholder(static_cast<std::int64_t>(filter.limit));
  statement += " OFFSET " + where.placeholder(static_cast<std::int64_t>(filter.offset));
  const Result<sql::Rows> rows = database_->query(statement, where.params());
  if (!rows) return fail(rows);
  std::vector<Event> events;
  events.reserve(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) events.push_back(read_event_row((*rows)[i]));
  return events;
}

Result<std::int64_t> HistoryStore::prune(const HistoryLimits& limits, WallTime now) {
  std::int64_t dropped = 0;
  const Result<void> done = database_->transaction([&](sql::Session& session) -> Result<void> {
    dropped = 0;
    const std::pair<std::string_view, sql::Params> statements[] = {
        {"DELETE FROM health_checks WHERE seen_ms < $1", {unix_millis(now - limits.history)}},
        {"DELETE FROM health_events WHERE at_ms < $1", {unix_millis(now - limits.events)}},
        {"DELETE FROM health_events WHERE id <= COALESCE((SELECT id FROM health_events ORDER BY id DESC "
         "LIMIT 1 "
         "OFFSET $1), -1)",
         {static_cast<std::int64_t>(limits.events_max)}},
    };
    for (const auto& [statement, params] : statements) {
      const auto changed = session.execute(statement, params);
      if (!changed) return fail(changed);
      dropped += *changed;
    }
    return {};
  });
  if (!done) return fail(done);
  return dropped;
}

}  // namespace picket::health
