#include "exporters/business/results/result_store.h"

#include "base/sql/set_aside.h"
#include "base/time/timestamp.h"

namespace picket::business {
namespace {

constexpr std::array kMigrations = {sql::Migration{1, "create_results", R"(
CREATE TABLE business_results (
  query TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  taken_at_ms BIGINT NOT NULL,
  body TEXT NOT NULL
))"}};

Result<sql::Dsn> dsn_of(const DaemonFlags& flags) {
  const bool embedded = flags.storage_dsn.empty();
  return sql::Dsn::parse(embedded ? "sqlite:" + flags.storage_path + "/business.db" : flags.storage_dsn);
}

}  // namespace

ResultStore::ResultStore(DaemonContext& context)
    : context_(context),
      last_write_(context.registry
                      .gauge("business_exporter_state_last_write_timestamp_seconds",
                             "Unix time the state was last made durable.")
                      .Add({})),
      failures_(context.registry.counter("business_exporter_state_write_failures_total",
                                         "State writes that failed.")),
      folder_(context.files, context.flags.storage_path + "/business.lock"),
      worker_(std::make_unique<WorkerPool>("results", WorkerPool::Size{1, 4})) {
  timer_ =
      context.scheduler.every({.interval = kRetryInterval, .jitter = {}, .first = kRetryInterval}, [this] {
        const MutexLock lock(mutex_);
        if (waiting_.empty() || flush_queued_) return;
        flush_queued_ = worker_->submit([this] { flush(); });
      });
}

ResultStore::~ResultStore() {
  context_.scheduler.cancel(timer_);
  worker_.reset();
  flush();
}

Result<sql::Database*> ResultStore::opened() {
  if (database_) return database_.get();
  const Result<sql::Dsn> dsn = dsn_of(context_.flags);
  if (!dsn) return fail(dsn, "--storage.dsn");
  if (dsn->engine == sql::Engine::Sqlite) {
    if (const auto prepared = prepare(*dsn); !prepared) return fail(prepared);
  }
  Result<std::unique_ptr<sql::Database>> database = sql::Database::open(*dsn);
  Result<void> ready = database ? (*database)->migrate("business", kMigrations) : fail(database);
  if (!ready) {
    note_damage(ready.error());
    return fail(ready);
  }
  database_ = std::move(*database);
  return database_.get();
}

Result<void> ResultStore::prepare(const sql::Dsn& dsn) {
  if (Result<void> held = folder_.hold(); !held) return held;
  if (!damaged_) return {};
  const auto aside = sql::set_aside(dsn.sqlite_path, context_.clock.wall());
  if (!aside) return fail(aside);
  damaged_ = false;
  context_.log.error("stored results were damaged and have been set aside", {{"kept_as", *aside}});
  return {};
}

void ResultStore::note_damage(const Error& error) {
  if (error.kind != ErrorKind::Corrupt) return;
  damaged_ = true;
  database_.reset();
}

Result<std::vector<StoredResult>> ResultStore::load() {
  const MutexLock lock(opening_);
  const Result<sql::Database*> database = opened();
  if (!database) return fail(database, "opening the results of before");
  const auto rows = (*database)->query("SELECT query, fingerprint, taken_at_ms, body FROM business_results");
  if (!rows) {
    note_damage(rows.error());
    return fail(rows, "reading the results of before");
  }
  std::vector<StoredResult> results;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const sql::Row row = (*rows)[i];
    results.push_back({row.text(0), row.text(1), from_unix_millis(row.integer(2)), row.text(3)});
  }
  return results;
}

void ResultStore::save(StoredResult result) {
  const MutexLock lock(mutex_);
  waiting_[result.query] = std::move(result);
  if (flush_queued_ || !trouble_.empty()) return;  // in trouble the timer tries again
  flush_queued_ = worker_->submit([this] { flush(); });
}

std::string ResultStore::trouble() const {
  const MutexLock lock(mutex_);
  return trouble_;
}

void ResultStore::flush() {
  std::map<std::string, StoredResult> results;
  {
    const MutexLock lock(mutex_);
    flush_queued_ = false;
    results.swap(waiting_);
  }
  if (results.empty()) return;
  const Result<void> written = write(results);
  note(written, std::move(results));
}

Result<void> ResultStore::write(const std::map<std::string, StoredResult>& results) {
  const MutexLock lock(opening_);
  const Result<sql::Database*> database = opened();
  if (!database) return fail(database);
  Result<void> written = (*database)->transaction([&](sql::Session& session) -> Result<void> {
    for (const auto& [query, result] : results) {
      const auto done = session.execute(
          "INSERT INTO business_results (query, fingerprint, taken_at_ms, body) VALUES ($1, $2, $3, $4) "
          "ON CONFLICT (query) DO UPDATE SET fingerprint = excluded.fingerprint, "
          "taken_at_ms = excluded.taken_at_ms, body = excluded.body",
          {result.query, result.fingerprint, unix_millis(result.taken_at), result.body});
      if (!done) return fail(done);
    }
    return {};
  });
  if (!written) note_damage(written.error());
  return written;
}

void ResultStore::note(const Result<void>& written, std::map<std::string, StoredResult> results) {
  if (written) {
    last_write_.Set(unix_seconds(context_.clock.wall()));
  } else {
    failures_.Add({{"reason", std::string(to_string(written.error().kind))}}).Increment();
    context_.log.warn("results cannot be stored; they are tried again", {{"error", written.error()}});
  }
  const MutexLock lock(mutex_);
  trouble_ = written ? "" : written.error().message;
  if (!written) waiting_.merge(results);  // newer ones that came meanwhile stay
}

}  // namespace picket::business
