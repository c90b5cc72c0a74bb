#include "exporters/business/databases/lane.h"

#include <algorithm>
#include <new>

#include "exporters/business/databases/statement.h"

namespace picket::business {
namespace {

constexpr const char* kWaitedTooLong = "the time was over before the database had a session for it";
constexpr std::chrono::milliseconds kLeastTime{1};  // 0 would be no limit
// A cancel() that comes before the statement has begun ends nothing: it is said again.
constexpr Duration kCancelInterval = std::chrono::milliseconds(500);

}  // namespace

Lane::Lane(DatabaseConfig config, const Clock& clock, Logger& log)
    : config_(std::move(config)), dsn_(config_.source()), clock_(clock), log_(log) {
  status_.database = config_.name;
  for (std::size_t i = 0; i < config_.max_sessions; ++i)
    threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
}

Lane::~Lane() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    healthy_.clear();
    suspects_.clear();
  }
  for (std::jthread& thread : threads_) thread.request_stop();
  end_busy();
}

void Lane::end_busy() {
  const MutexLock lock(mutex_);
  while (!busy_.empty()) {
    for (const SourcePtr& source : busy_) source->cancel();
    ended_.wait_for(mutex_, kCancelInterval, [this]() REQUIRES(mutex_) { return busy_.empty(); });
  }
}

bool Lane::submit(Read read) {
  {
    const MutexLock lock(mutex_);
    if (stopping_ || healthy_.size() + suspects_.size() >= kQueueMax) return false;
    (read.suspect ? suspects_ : healthy_).push_back(std::move(read));
  }
  ready_.notify_one();
  return true;
}

LaneStatus Lane::status() const {
  const MutexLock lock(mutex_);
  LaneStatus status = status_;
  status.busy = busy_.size();
  status.idle = idle_.size();
  status.waiting = healthy_.size() + suspects_.size();
  return status;
}

bool Lane::has_work() const {
  const std::size_t share = std::max<std::size_t>(1, config_.max_sessions / 2);
  return !healthy_.empty() || (!suspects_.empty() && busy_suspects_ < share);
}

Read Lane::take() {
  std::deque<Read>& queue = healthy_.empty() ? suspects_ : healthy_;
  Read read = std::move(queue.front());
  queue.pop_front();
  if (read.suspect) ++busy_suspects_;
  return read;
}

void Lane::work(const std::stop_token& stop) PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
  while (true) {
    Read read;
    {
      std::unique_lock lock(mutex_);
      if (!ready_.wait(lock, stop, [this] { return has_work(); }) || stop.stop_requested()) return;
      read = take();
    }
    run(read);
    if (!read.suspect) continue;
    {
      const MutexLock lock(mutex_);
      --busy_suspects_;
    }
    ready_.notify_one();
  }
}

void Lane::run(const Read& read) {
  if (is_late(read)) return read.done({sql::refuse(sql::ReadFailure::Timeout, kWaitedTooLong), {}});
  SourcePtr source = idle_session();
  if (!source) {
    sql::ReadResult<SourcePtr> connected = connect();
    if (!connected) return read.done({tl::unexpected(connected.error()), {}});
    source = std::move(*connected);
  }
  if (!begin(source)) return;
  const ReadOutcome outcome = outcome_of(read, *source);
  end(source);
  if (!outcome.rows && outcome.rows.error().reason == sql::ReadFailure::Connect)
    note_failure(outcome.rows.error());
  read.done(outcome);
}

ReadOutcome Lane::outcome_of(const Read& read, sql::Source& source) const {
  sql::ReadLimits limits = read.limits;
  if (read.needed_by)
    limits.timeout = std::clamp(*read.needed_by - clock_.mono(), Duration(kLeastTime), limits.timeout);
  limits.lock_timeout = std::min(config_.lock_timeout, limits.timeout);
  const MonoTime began = clock_.mono();
  try {
    return {source.read(at_time(read.sql, clock_.wall()), limits), clock_.mono() - began};
  } catch (const std::bad_alloc&) {
    return {sql::refuse(sql::ReadFailure::Cardinality, "there is no memory for the result"),
            clock_.mono() - began};
  }
}

bool Lane::is_late(const Read& read) const {
  return read.needed_by && clock_.mono() >= *read.needed_by;
}

Lane::SourcePtr Lane::idle_session() {
  while (true) {
    SourcePtr source;  // a dead one is closed outside the lock
    {
      const MutexLock lock(mutex_);
      if (idle_.empty()) return nullptr;
      source = std::move(idle_.back());
      idle_.pop_back();
    }
    if (source->usable()) return source;
  }
}

bool Lane::begin(const SourcePtr& source) {
  const MutexLock lock(mutex_);
  if (stopping_) return false;
  busy_.push_back(source);
  return true;
}

void Lane::end(const SourcePtr& source) {
  const bool usable = source->usable();
  const MutexLock lock(mutex_);
  std::erase(busy_, source);
  if (usable) idle_.push_back(source);
  ended_.notify_all();
}

sql::ReadResult<Lane::SourcePtr> Lane::connect() {
  {
    const MutexLock lock(mutex_);
    if (clock_.mono() < reconnect_at_) return sql::refuse(sql::ReadFailure::Connect, status_.error);
  }
  sql::ReadResult<std::unique_ptr<sql::Source>> source = sql::Source::connect(dsn_);
  if (!source) {
    note_failure(source.error());
    return tl::unexpected(source.error());
  }
  const auto rights = (*source)->rights_beyond_reading();
  note_connected(rights.value_or(std::vector<std::string>{}));
  return SourcePtr(std::move(*source));
}

void Lane::note_failure(const sql::ReadError& error) {
  {
    const MutexLock lock(mutex_);
    status_.up = false;
    status_.error = error.message;
    ++status_.connect_failures;
    reconnect_at_ = clock_.mono() + kReconnectPause;
  }
  log_.warn_of(config_.name, "database cannot be reached",
               {{"database", config_.name}, {"error", error.message}});
}

void Lane::note_connected(const std::vector<std::string>& rights) {
  bool told = false;
  {
    const MutexLock lock(mutex_);
    told = status_.up.value_or(false) && status_.warnings == rights;
    status_.up = true;
    status_.error.clear();
    status_.warnings = rights;
  }
  if (told) return;
  log_.info("database connected", {{"database", config_.name}});
  for (const std::string& right : rights)
    log_.warn_of(config_.name, "database account may do more than read",
                 {{"database", config_.name}, {"advice", right}});
}

}  // namespace picket::business
