#include "exporters/health/history/recorder.h"

#include <algorithm>
#include <future>

#include "base/sql/set_aside.h"
namespace picket::health {

namespace {

constexpr std::size_t kChunk = 500;
constexpr Duration kLoadWait = std::chrono::seconds(5);
constexpr Duration kReopenAfter = std::chrono::seconds(5);
constexpr Duration kPruneInterval = std::chrono::minutes(10);
constexpr std::size_t kWriterBytes = 8;

}  // namespace

HistoryRecorder::HistoryRecorder(sql::Dsn dsn, const RecorderServices& services)
    : dsn_(std::move(dsn)),
      services_(services),
      writer_(services.random.hex(kWriterBytes)),
      metrics_(services.registry),
      folder_(services.files, dsn_.engine == sql::Engine::Sqlite ? dsn_.sqlite_path + ".lock" : "") {}

HistoryRecorder::~HistoryRecorder() {
  stop();
}

void HistoryRecorder::start(HistorySource& source) {
  source_ = &source;
  worker_ = std::make_unique<WorkerPool>("history", WorkerPool::Size{1, 16});
  stopped_ = false;
  timer_ = services_.scheduler.every({kFlushInterval, Duration::zero(), kFlushInterval},
                                     [this] { request_flush(true); });
  // The first probes must find the states of before, or a recovery while we were away would be no event. A
  // dead database costs this wait, and nothing else.
  const auto loaded = std::make_shared<std::promise<void>>();
  worker_->submit([this, loaded] {
    flush(true);
    loaded->set_value();
  });
  loaded->get_future().wait_for(kLoadWait);
}

void HistoryRecorder::stop() {
  if (stopped_.exchange(true)) return;
  services_.scheduler.cancel(timer_);
  worker_->submit([this] {
    next_open_ = next_full_ = {};
    flush(true);
  });
  worker_.reset();
  release_store();
  folder_.release();
}

void HistoryRecorder::set_limits(const HistoryLimits& limits) {
  const MutexLock lock(mutex_);
  limits_ = limits;
}

Event HistoryRecorder::record(Event event) {
  if (!pending_.add(event)) metrics_.event_dropped();
  request_flush(false);
  return event;
}

void HistoryRecorder::request_flush(bool everything) {
  if (stopped_ || (flush_queued_.exchange(true) && !everything)) return;
  const bool queued = worker_->submit([this, everything] {
    flush_queued_ = false;
    flush(everything);
  });
  if (!queued) flush_queued_ = false;
}

void HistoryRecorder::flush(bool everything) {
  const auto store = opened_store();
  if (!store) {
    if (everything) metrics_.failed(store.error());
    return;
  }
  const Result<void> done = write(**store, everything);
  if (done) {
    metrics_.written(services_.scheduler.clock().wall());
    return;
  }
  metrics_.failed(done.error());
  services_.log.error("history cannot be written", {{"error", done.error()}});
  give_up_on_store(done.error());
}

std::shared_ptr<HistoryStore> HistoryRecorder::store() const {
  const MutexLock lock(mutex_);
  return store_;
}

/// The store, opened and read. Tries to open it at most once in kReopenAfter.
Result<std::shared_ptr<HistoryStore>> HistoryRecorder::opened_store() {
  if (auto open = store()) return open;
  const MonoTime now = services_.scheduler.clock().mono();
  if (now < next_open_) return fail(ErrorKind::Unavailable, "the store is not open");
  next_open_ = now + kReopenAfter;
  auto opened = open_store();
  if (!opened) {
    services_.log.error("history store does not open", {{"error", opened.error()}});
    store_is_damaged_ = opened.error().kind == ErrorKind::Corrupt;
    return opened;
  }
  const MutexLock lock(mutex_);
  store_ = *opened;
  return opened;
}

Result<std::shared_ptr<HistoryStore>> HistoryRecorder::open_store() {
  if (const Result<void> held = folder_.hold(); !held) return fail(held);
  if (dsn_.engine == sql::Engine::Sqlite && store_is_damaged_) {
    const auto aside = sql::set_aside(dsn_.sqlite_path, services_.scheduler.clock().wall());
    if (!aside) return fail(aside);
    store_is_damaged_ = false;
    services_.log.error("history store was damaged and has been set aside; history begins anew",
                        {{"kept_as", *aside}});
  }
  Result<std::unique_ptr<HistoryStore>> store = HistoryStore::open(dsn_, writer_);
  if (!store) return fail(store);
  const Result<void> loaded = load(**store);
  if (!loaded) return fail(loaded);
  return std::shared_ptr<HistoryStore>(std::move(*store));
}

Result<void> HistoryRecorder::load(HistoryStore& store) {
  if (loaded_) return {};
  Result<HistoryStore::Loaded> loaded = store.load();
  if (!loaded) return fail(loaded);
  if (loaded->unreadable > 0) {
    services_.log.error("history of some checks is not readable and begins anew",
                        {{"checks", loaded->unreadable}});
    metrics_.failed({ErrorKind::Corrupt, ""});
  }
  pending_.continue_after(loaded->last_event_id);
  source_->restore(std::move(loaded->checks));
  loaded_ = true;
  return {};
}

Result<void> HistoryRecorder::write(HistoryStore& store, bool everything) {
  if (Result<void> events = write_events(store); !events) return events;
  const MonoTime now = services_.scheduler.clock().mono();
  // With few checks a change is durable at once, together with its event.
  if ((large_ && !everything) || now < next_full_) return {};
  if (Result<void> checks = write_checks(store); !checks) return checks;
  if (now >= next_prune_) {
    next_prune_ = now + kPruneInterval;
    prune(store);
  }
  return {};
}

Result<void> HistoryRecorder::write_events(HistoryStore& store) {
  for (;;) {
    HistoryStore::Batch batch;
    batch.events = pending_.first(kChunk);
    if (batch.empty()) return {};
    if (Result<void> saved = store.save(batch); !saved) return saved;
    pending_.written(batch.events.back().id);
  }
}

Result<void> HistoryRecorder::write_checks(HistoryStore& store) {
  std::size_t first = 0;
  for (;;) {
    HistoryStore::Batch batch;
    batch.checks = source_->save(first, kChunk);
    const std::size_t count = batch.checks.size();
    if (count == 0) break;
    if (Result<void> saved = store.save(batch); !saved) return saved;
    first += count;
    if (count < kChunk) break;
  }
  large_ = first > kLarge;
  if (large_) next_full_ = services_.scheduler.clock().mono() + kFlushIntervalLarge;
  return {};
}

void HistoryRecorder::prune(HistoryStore& store) {
  HistoryLimits limits;
  {
    const MutexLock lock(mutex_);
    limits = limits_;
  }
  const auto dropped = store.prune(limits, services_.scheduler.clock().wall());
  if (!dropped) {
    metrics_.failed(dropped.error());
    services_.log.warn("history cannot be pruned", {{"error", dropped.error()}});
  }
}

void HistoryRecorder::give_up_on_store(const Error& error) {
  release_store();
  store_is_damaged_ = error.kind == ErrorKind::Corrupt;
}

/// Closing a database takes its time: not under the lock that set_limits() and events() take.
void HistoryRecorder::release_store() {
  std::shared_ptr<HistoryStore> last;
  const MutexLock lock(mutex_);
  last.swap(store_);
}

HistoryRecorder::Page HistoryRecorder::events(const EventFilter& filter) {
  Page page;
  page.events = pending_.matching(filter);
  if (const auto open = store()) {
    EventFilter stored = filter;
    stored.limit = filter.offset + filter.limit;
    stored.offset = 0;
    Result<std::vector<Event>> events = open->events(stored);
    page.complete = events.has_value();
    if (events) page.events.insert(page.events.end(), events->begin(), events->end());
  } else {
    page.complete = false;
  }
  const auto newer = [](const Event& a, const Event& b) { return a.id > b.id; };
  const auto same = [](const Event& a, const Event& b) { return a.id == b.id; };
  std::sort(page.events.begin(), page.events.end(), newer);
  page.events.erase(std::unique(page.events.begin(), page.events.end(), same), page.events.end());
  const std::size_t skip = std::min(filter.offset, page.events.size());
  page.events.erase(page.events.begin(), page.events.begin() + static_cast<std::ptrdiff_t>(skip));
  if (page.events.size() > filter.limit) page.events.resize(filter.limit);
  return page;
}

}  // namespace picket::health
