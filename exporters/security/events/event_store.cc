#include "exporters/security/events/event_store.h"

#include <algorithm>
#include <utility>

#include "base/sql/set_aside.h"
#include "exporters/security/events/event_text.h"

namespace picket::security {
namespace {

constexpr std::size_t kBatch = 500;
constexpr std::int64_t kTrimStep = 1000;  // deleted at once; more than a batch adds
constexpr Duration kCountInterval = std::chrono::minutes(10);
constexpr Duration kAgeInterval = std::chrono::minutes(1);
constexpr Duration kQueryMax = std::chrono::seconds(5);
/// Searches, the newest events, and the worker.
constexpr std::size_t kConnections = EventStore::kSearchesMax + 2;

std::size_t bytes_of(const SecurityEvent& event) {
  return sizeof(event) + event.id.size() + event.source.size() + event.kind.size() + event.category.size() +
         event.client.size() + event.account.size() + event.summary.size() + event.details.size();
}

/// One of those who search now, while it lives.
struct Searching {
  explicit Searching(std::atomic<std::size_t>& all) : searches(all), may(++all <= EventStore::kSearchesMax) {}
  ~Searching() { --searches; }
  Searching(const Searching&) = delete;
  Searching& operator=(const Searching&) = delete;

  std::atomic<std::size_t>& searches;
  const bool may;
};

}  // namespace

Result<sql::Dsn> events_dsn(const std::string& storage_path, const std::string& storage_dsn) {
  const bool is_embedded = storage_dsn.empty();
  Result<sql::Dsn> dsn =
      sql::Dsn::parse(is_embedded ? "sqlite:" + storage_path + "/security.db" : storage_dsn);
  if (!dsn) return dsn;
  dsn->connections = kConnections;
  dsn->read_timeout = kQueryMax;
  return dsn;
}

EventStore::EventStore(sql::Dsn dsn, const Services& services)
    : dsn_(std::move(dsn)),
      services_(services),
      metrics_(services.registry),
      folder_(services.files, dsn_.engine == sql::Engine::Sqlite ? dsn_.sqlite_path + ".lock" : "") {}

EventStore::~EventStore() {
  stop();
}

void EventStore::start() {
  worker_ = std::make_unique<WorkerPool>("events", WorkerPool::Size{1, 8});
  {
    const MutexLock lock(mutex_);
    is_running_ = true;
    request_work();
  }
  timer_ = services_.scheduler.every({kInterval, Duration::zero(), kInterval}, [this] { tick(); });
}

void EventStore::stop() {
  {
    const MutexLock lock(mutex_);
    if (!std::exchange(is_running_, false)) return;
  }
  services_.scheduler.cancel(timer_);
  worker_->submit([this] {
    next_open_ = {};
    work();
  });
  worker_.reset();
  if (const std::size_t lost = waiting(); lost > 0)
    services_.log.error("events could not be stored before the end", {{"events", lost}});
  release_table();
  folder_.release();
}

void EventStore::set_limits(const EventLimits& limits) {
  const MutexLock lock(mutex_);
  limits_ = limits;
}

void EventStore::add(SecurityEvent event) {
  shorten(event);
  const std::size_t bytes = bytes_of(event);
  const WallTime now = services_.scheduler.clock().wall();
  if (event.time > now + kAhead) event.time = now;
  const MutexLock lock(mutex_);
  if (queue_.size() >= kQueueMax || queue_bytes_ + bytes > kQueueBytes) {
    metrics_.dropped_by_full_queue();
    return;
  }
  queue_.push_back(std::move(event));
  queue_bytes_ += bytes;
  metrics_.waiting(queue_.size() + in_batch_);
  if (trouble_.empty()) request_work();  // in trouble the timer tries again
}

std::size_t EventStore::waiting() const {
  const MutexLock lock(mutex_);
  return queue_.size() + in_batch_;
}

std::string EventStore::trouble() const {
  const MutexLock lock(mutex_);
  return trouble_;
}

EventLimits EventStore::limits() const {
  const MutexLock lock(mutex_);
  return limits_;
}

std::shared_ptr<EventTable> EventStore::table() const {
  const MutexLock lock(mutex_);
  return table_;
}

Result<EventPage> EventStore::search(const EventFilter& filter) {
  const Searching searching(searches_);
  if (!searching.may) return fail(ErrorKind::Unavailable, "others search already: try again in a moment");
  Result<EventPage> page = events(filter);
  if (!page && page.error().kind == ErrorKind::Timeout)
    return fail(ErrorKind::Timeout, "the search took too long: from and to make it shorter");
  return page;
}

Result<EventPage> EventStore::events(const EventFilter& filter) {
  const std::shared_ptr<EventTable> open = table();
  if (!open) return fail(ErrorKind::Unavailable, "the event store is not open: " + trouble());
  Result<EventPage> page = open->events(filter);
  if (page) return page;
  metrics_.failed(page.error());
  if (page.error().kind == ErrorKind::Corrupt) note_damage(open);
  return page;
}

/// The worker sees to it. A table that it has put away meanwhile says nothing of the one that is open now.
void EventStore::note_damage(const std::shared_ptr<EventTable>& damaged) {
  const MutexLock lock(mutex_);
  if (damaged == table_) is_damaged_ = true;
}

void EventStore::tick() {
  const MutexLock lock(mutex_);
  if (is_running_) request_work();
}

void EventStore::request_work() {
  if (!is_running_ || is_queued_) return;
  is_queued_ = worker_->submit([this] { work(); });
}

void EventStore::work() {
  {
    const MutexLock lock(mutex_);
    is_queued_ = false;
  }
  const Result<bool> has_more = write_and_trim();
  if (!has_more) return;
  note("");
  const MutexLock lock(mutex_);
  if (*has_more) request_work();
}

/// Whether there is more to delete.
Result<bool> EventStore::write_and_trim() {
  const Result<std::shared_ptr<EventTable>> table = opened();
  if (!table) return fail(table);
  Result<bool> trimmed = false;
  bool has_batch = false;
  do {
    has_batch = take_batch();
    const Result<void> written = has_batch ? write_batch(**table) : Result<void>();
    trimmed = written ? trim(**table) : Result<bool>(fail(written));
  } while (has_batch && trimmed);
  if (!trimmed) give_up(trimmed.error());
  return trimmed;
}

/// The database, open. Tries to open it at most once in kReopenAfter.
Result<std::shared_ptr<EventTable>> EventStore::opened() {
  if (is_damaged_) release_table();
  if (auto open = table()) return open;
  const MonoTime now = services_.scheduler.clock().mono();
  if (now < next_open_) return fail(ErrorKind::Unavailable, "the store is not open");
  next_open_ = now + kReopenAfter;
  Result<std::shared_ptr<EventTable>> opened = open();
  if (!opened) {
    give_up(opened.error());
    return opened;
  }
  const MutexLock lock(mutex_);
  table_ = *opened;
  is_damaged_ = false;  // the table of before was
  return opened;
}

Result<std::shared_ptr<EventTable>> EventStore::open() {
  if (const Result<void> held = folder_.hold(); !held) return fail(held);
  if (const Result<void> aside = set_aside(); !aside) return fail(aside);
  Result<std::unique_ptr<EventTable>> table = EventTable::open(dsn_);
  if (!table) return fail(table);
  const Result<std::int64_t> count = (*table)->count();
  if (!count) return fail(count);
  stored_ = *count;
  metrics_.stored(stored_);
  next_count_ = services_.scheduler.clock().mono() + kCountInterval;
  return std::shared_ptr<EventTable>(std::move(*table));
}

Result<void> EventStore::set_aside() {
  if (!is_damaged_ || dsn_.engine != sql::Engine::Sqlite) return {};
  const auto aside = sql::set_aside(dsn_.sqlite_path, services_.scheduler.clock().wall());
  if (!aside) return fail(aside);
  is_damaged_ = false;
  services_.log.error("event store was damaged and has been set aside; events begin anew",
                      {{"kept_as", *aside}});
  return {};
}

/// False when nothing waits. A batch that could not be written is the next one.
bool EventStore::take_batch() {
  if (!batch_.empty()) return true;
  std::vector<SecurityEvent> taken;
  {
    const MutexLock lock(mutex_);
    in_batch_ = std::min(queue_.size(), kBatch);
    for (std::size_t i = 0; i < in_batch_; ++i) {
      queue_bytes_ -= bytes_of(queue_.front());
      taken.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
  }
  batch_.reserve(taken.size());
  for (const SecurityEvent& event : taken) batch_.push_back(readable(event));
  return !batch_.empty();
}

Result<void> EventStore::write_batch(EventTable& table) {
  const Result<std::int64_t> added = table.insert(batch_);
  if (!added && added.error().kind == ErrorKind::InvalidInput) return write_one_by_one(table);
  if (!added) return fail(added);
  settle(batch_.size(), *added);
  return {};
}

/// One that the database does not take is dropped, so that the others do not wait behind it for ever.
Result<void> EventStore::write_one_by_one(EventTable& table) {
  if (const auto works = table.count(); !works) return fail(works);  // the table is at fault, no event
  std::int64_t added = 0;
  std::size_t settled = 0;
  Result<void> done;
  for (; settled < batch_.size(); ++settled) {
    const SecurityEvent& event = batch_[settled];
    const Result<std::int64_t> one = table.insert({&event, 1});
    if (one) added += *one;
    if (one) continue;
    if (one.error().kind != ErrorKind::InvalidInput) {
      done = fail(one);
      break;
    }
    metrics_.dropped_by_database();
    services_.log.error("the database refuses an event", {{"id", event.id}, {"error", one.error()}});
  }
  settle(settled, added);
  return done;
}

/// The first `events` of the batch are stored, `added` of them anew, or refused for good.
void EventStore::settle(std::size_t events, std::int64_t added) {
  batch_.erase(batch_.begin(), batch_.begin() + static_cast<std::ptrdiff_t>(events));
  stored_ += added;
  if (events > 0) metrics_.written(added, services_.scheduler.clock().wall());
  metrics_.stored(stored_);
  const MutexLock lock(mutex_);
  in_batch_ = batch_.size();
  metrics_.waiting(queue_.size() + in_batch_);
}

/// Deletes a step of what is too much and a step of what is too old; whether there is more.
Result<bool> EventStore::trim(EventTable& table) {
  const EventLimits limits = this->limits();
  Result<bool> more_by_count = trim_by_count(table, limits.max);
  if (!more_by_count) return more_by_count;
  Result<bool> more_by_age = trim_by_age(table, limits.retention);
  if (!more_by_age) return more_by_age;
  return *more_by_count || *more_by_age;
}

Result<bool> EventStore::trim_by_count(EventTable& table, std::size_t max) {
  const MonoTime now = services_.scheduler.clock().mono();
  if (now >= next_count_) {  // others write to a database that is shared
    const Result<std::int64_t> count = table.count();
    if (!count) return fail(count);
    stored_ = *count;
    next_count_ = now + kCountInterval;
  }
  const std::int64_t excess = stored_ - static_cast<std::int64_t>(max);
  if (excess <= 0) return false;
  const Result<std::int64_t> deleted = table.delete_oldest(std::min(excess, kTrimStep));
  if (!deleted) return fail(deleted);
  stored_ -= *deleted;
  metrics_.deleted_by_count(*deleted);
  metrics_.stored(stored_);
  if (*deleted == 0) next_count_ = now;  // there are fewer than we thought
  return excess > *deleted && *deleted > 0;
}

Result<bool> EventStore::trim_by_age(EventTable& table, Duration retention) {
  const Clock& clock = services_.scheduler.clock();
  if (clock.mono() < next_age_) return false;
  const Result<std::int64_t> deleted = table.delete_before(clock.wall() - retention, kTrimStep);
  if (!deleted) return fail(deleted);
  stored_ -= *deleted;
  metrics_.deleted_by_age(*deleted);
  metrics_.stored(stored_);
  const bool has_more = *deleted == kTrimStep;
  if (!has_more) next_age_ = clock.mono() + kAgeInterval;
  return has_more;
}

/// Says so in the log when it is news.
void EventStore::note(const std::string& trouble) {
  {
    const MutexLock lock(mutex_);
    if (trouble_ == trouble) return;
    trouble_ = trouble;
  }
  metrics_.up(trouble.empty());
  if (!trouble.empty()) services_.log.error("event store is in trouble", {{"error", trouble}});
}

void EventStore::give_up(const Error& error) {
  metrics_.failed(error);
  if (error.kind == ErrorKind::Corrupt) is_damaged_ = true;
  release_table();
  note(error.message);
}

/// Closing a database takes its time: not under the lock that add() takes.
void EventStore::release_table() {
  std::shared_ptr<EventTable> last;
  const MutexLock lock(mutex_);
  last.swap(table_);
}

}  // namespace picket::security
