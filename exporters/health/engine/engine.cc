#include "exporters/health/engine/engine.h"

#include <algorithm>

#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket::health {

namespace {

constexpr Duration kTick = std::chrono::seconds(1);
constexpr Duration kAnswerGrace = std::chrono::seconds(2);  ///< after the deadline, for a prober to say so
constexpr Duration kFirstSpread = std::chrono::seconds(30);
constexpr Duration kFirstStep = std::chrono::milliseconds(20);  ///< between the first runs of two checks
constexpr Duration kPace =
    std::chrono::milliseconds(5);  ///< between two wake-ups: thousands of checks share them
constexpr std::size_t kMaxParked = 10'000;
constexpr std::size_t kMaxMessage = 1000;

ProbeResult result_of(const HeartbeatReport& report) {
  ProbeResult result;
  result.success = report.state != State::Down;
  result.degraded = report.state == State::Degraded;
  if (!result.success) result.reason = FailureReason::Status;
  result.detail = truncate(report.message, kMaxMessage);
  if (report.message.empty() && report.state != State::Operational) {
    result.detail = fmt::format("the service reports that it is {}", to_string(report.state));
  }
  result.duration = report.latency.value_or(Duration::zero());
  return result;
}

ProbeResult timed_out(Duration took, std::string what) {
  ProbeResult result;
  result.fail_with(FailureReason::Timeout, std::move(what));
  result.duration = took;
  return result;
}

}  // namespace

Engine::Engine(Scheduler& scheduler, MetricRegistry& registry, Logger& log, EventSink sink)
    : scheduler_(scheduler), log_(log), sink_(std::move(sink)), metrics_(registry) {}

Engine::~Engine() {
  stop();
}

void Engine::apply(std::shared_ptr<const HealthConfig> config, const ProberFactory& make_prober) {
  const Moment at = now();
  {
    const MutexLock lock(mutex_);
    replace_records(*config, make_prober, at);
    config_ = std::move(config);
    snapshot_is_old_ = true;
    if (!started_) return;
    first_runs(at.mono);
    arm(at.mono);
  }
  tick();
}

void Engine::replace_records(const HealthConfig& config, const ProberFactory& make_prober, Moment at) {
  std::map<std::string, RecordPtr, std::less<>> before = std::move(by_name_);
  by_name_.clear();
  records_.clear();
  records_.reserve(config.checks.size());
  for (const auto& check : config.checks) {
    std::shared_ptr<Prober> prober = check->prober ? make_prober(*check) : nullptr;
    auto known = before.extract(check->name);
    RecordPtr record;
    if (known.empty()) {
      record = std::make_shared<CheckRecord>(check, std::move(prober), at);
      if (auto parked = parked_.extract(check->name)) record->restore(parked.mapped());
    } else {
      record = std::move(known.mapped());
      record->reconfigure(check, std::move(prober), at.mono);
    }
    records_.push_back(record);
    by_name_.emplace(check->name, std::move(record));
  }
  for (auto& [name, record] : before) {
    record->removed = true;
    if (parked_.size() < kMaxParked) parked_.insert_or_assign(name, record->save(at));
  }
  waiting_.drop_removed();
}

/// Plans the first run of each check that has none yet, spread so that they do not all start at once, and
/// fills the queue.
void Engine::first_runs(MonoTime at) {
  const auto fresh = [](const RecordPtr& r) { return r->prober() && r->next_due == MonoTime{}; };
  const auto count = static_cast<Duration::rep>(std::count_if(records_.begin(), records_.end(), fresh));
  Duration::rep nth = 0;
  queue_.clear();
  for (std::size_t i = 0; i < records_.size(); ++i) {
    CheckRecord& record = *records_[i];
    if (!record.prober()) continue;
    if (record.next_due == MonoTime{}) {
      const Duration spread = std::min({record.config().interval, kFirstSpread, kFirstStep * count});
      record.next_due = at + spread * nth++ / count;
    }
    queue_.push(record.next_due, i);
  }
}

void Engine::start() {
  const MutexLock lock(mutex_);
  if (started_) return;
  started_ = true;
  const std::weak_ptr<Engine> self = weak_from_this();
  tick_timer_ = scheduler_.every({kTick, Duration::zero(), Duration::zero()}, [self] {
    if (const auto engine = self.lock()) engine->tick();
  });
  const MonoTime at = scheduler_.clock().mono();
  first_runs(at);
  arm(at);
}

void Engine::stop() {
  TimerId due_timer{};
  TimerId tick_timer{};
  {
    const MutexLock lock(mutex_);
    if (!started_) return;
    started_ = false;
    due_timer = due_timer_;
    tick_timer = tick_timer_;
    armed_for_ = MonoTime::max();
    waiting_.clear();
  }
  scheduler_.cancel(due_timer);
  scheduler_.cancel(tick_timer);
}

void Engine::arm(MonoTime at) {
  const std::optional<MonoTime> first = queue_.next_due();
  if (!first) return;
  const MonoTime next = std::max(*first, last_due_ + kPace);
  if (armed_for_ <= next && armed_for_ > at) return;
  if (armed_for_ != MonoTime::max()) scheduler_.cancel(due_timer_);
  armed_for_ = next;
  due_timer_ = scheduler_.at(next, [self = weak_from_this()] {
    if (const auto engine = self.lock()) engine->on_due();
  });
}

void Engine::on_due() {
  {
    const MutexLock lock(mutex_);
    if (!started_) return;
    const MonoTime at = scheduler_.clock().mono();
    armed_for_ = MonoTime::max();
    last_due_ = at;
    enqueue_due(at);
    arm(at);
  }
  start_waiting();
}

void Engine::enqueue_due(MonoTime at) {
  while (const auto index = queue_.pop(at)) {
    const RecordPtr& record = records_[*index];
    const MonoTime planned = record->next_due;
    plan_next(*index, at);
    if (record->state() == State::Maintenance) {
      metrics_.skipped_maintenance.Increment();
    } else if (record->running) {
      metrics_.skipped_previous_running.Increment();
    } else if (record->waiting) {
      metrics_.skipped_overload.Increment();
    } else {
      record->waiting = true;
      record->planned = planned;
      waiting_.push(record);
    }
  }
}

/// The next moment of its grid that lies ahead: what was missed (a suspended machine) is not caught up.
void Engine::plan_next(std::size_t index, MonoTime at) {
  CheckRecord& record = *records_[index];
  const Duration interval = record.config().interval;
  const Duration late = at - record.next_due;
  record.next_due += interval * (late / interval + 1);
  queue_.push(record.next_due, index);
}

std::optional<Engine::Run> Engine::next_run() {
  if (!started_ || !config_) return std::nullopt;
  const RecordPtr record = waiting_.take(config_->concurrency);
  if (record == nullptr) return std::nullopt;
  const MonoTime at = scheduler_.clock().mono();
  metrics_.lag.Observe(seconds(at - record->planned));
  record->waiting = false;
  record->running = true;
  record->overdue = false;
  record->discard_result = false;
  record->deadline = at + record->config().timeout;
  Run run{record, record->prober(), record->config().prober->target(), {record->deadline}};
  return run;
}

void Engine::start_waiting() {
  for (;;) {
    std::optional<Run> run;
    {
      const MutexLock lock(mutex_);
      run = next_run();
      metrics_.probes_in_flight.Set(static_cast<double>(waiting_.running()));
      metrics_.probes_waiting.Set(static_cast<double>(waiting_.size()));
    }
    if (!run) return;
    // The prober lives until it has answered, whatever a reload does meanwhile.
    run->prober->probe(
        run->target, run->deadline,
        [self = weak_from_this(), record = run->record, prober = run->prober](const ProbeResult& result) {
          if (const auto engine = self.lock()) engine->finished(record, result);
        });
  }
}

void Engine::finished(const RecordPtr& record, const ProbeResult& result) {
  std::vector<ServiceNews> news;
  bool more = false;
  {
    const MutexLock lock(mutex_);
    waiting_.ended(*record, result.reason != FailureReason::Timeout);
    record->running = false;
    const bool counts = started_ && !record->removed && !record->overdue && !record->discard_result;
    if (counts) {
      if (auto one = record->take(result, now())) news.push_back(std::move(*one));
    }
    snapshot_is_old_ = snapshot_is_old_ || !news.empty();
    more = started_ && waiting_.size() > 0;
  }
  tell(std::move(news));
  // Not started from here: a prober that answers at once would recurse.
  if (more) {
    scheduler_.after(Duration::zero(), [self = weak_from_this()] {
      if (const auto engine = self.lock()) engine->start_waiting();
    });
  }
}

void Engine::tick() {
  std::vector<ServiceNews> news;
  {
    const MutexLock lock(mutex_);
    if (!started_) return;
    const Moment at = now();
    for (const RecordPtr& record : records_) watch_record(*record, at, news);
    snapshot_is_old_ = snapshot_is_old_ || !news.empty();
  }
  tell(std::move(news));
}

void Engine::watch_record(CheckRecord& record, Moment at, std::vector<ServiceNews>& news) {
  const auto keep = [&news](std::optional<ServiceNews> one) {
    if (one) news.push_back(std::move(*one));
  };
  keep(record.watch_maintenance(at));
  keep(record.watch_flapping(at));
  if (record.running && !record.overdue && at.mono > record.deadline + kAnswerGrace) {
    record.overdue = true;
    if (!record.discard_result) {
      keep(record.take(timed_out(record.config().timeout, "the prober did not answer"), at));
    }
  }
  if (Heartbeat* heartbeat = record.heartbeat(); heartbeat != nullptr && heartbeat->is_missed(at.mono)) {
    keep(record.take(timed_out(Duration::zero(), "no heartbeat within its time to live"), at));
  }
}

void Engine::tell(std::vector<ServiceNews> news) {
  for (ServiceNews& one : news) {
    log_news(log_, one);
    if (one.event.to) sink_(std::move(one.event));
  }
}

Result<void> Engine::heartbeat(std::string_view name, const HeartbeatReport& report) {
  std::vector<ServiceNews> news;
  {
    const MutexLock lock(mutex_);
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return fail(ErrorKind::NotFound, "there is no such service");
    CheckRecord& record = *found->second;
    Heartbeat* heartbeat = record.heartbeat();
    if (heartbeat == nullptr) {
      return fail(ErrorKind::Conflict, "the service is probed; it does not report by itself");
    }
    const Moment at = now();
    heartbeat->report(report.ttl, at.mono);
    if (auto one = record.take(result_of(report), at)) news.push_back(std::move(*one));
    snapshot_is_old_ = true;
  }
  tell(std::move(news));
  return {};
}

std::shared_ptr<const Snapshot> Engine::snapshot() {
  constexpr std::size_t kMaxInUse = 4;
  constexpr Duration kFresh = std::chrono::seconds(1);
  const MutexLock lock(mutex_);
  const Moment at = now();
  std::erase_if(snapshots_, [](const auto& snapshot) { return snapshot.expired(); });
  // Slow readers each keep theirs alive; past a few of them they share the last.
  const bool share =
      snapshots_.size() >= kMaxInUse || (!snapshot_is_old_ && at.mono - snapshot_taken_ < kFresh);
  if (share && !snapshots_.empty()) {
    if (auto last = snapshots_.back().lock()) return last;
  }
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->taken = at.wall;
  snapshot->config = config_ ? config_ : std::make_shared<const HealthConfig>();
  snapshot->checks.reserve(records_.size());
  for (const RecordPtr& record : records_) snapshot->checks.push_back(record->status(at));
  snapshots_.push_back(snapshot);
  snapshot_taken_ = at.mono;
  snapshot_is_old_ = false;
  return snapshot;
}

void Engine::restore(std::vector<SavedCheck> saved) {
  const MutexLock lock(mutex_);
  for (SavedCheck& check : saved) {
    const auto found = by_name_.find(check.name);
    if (found != by_name_.end()) {
      found->second->restore(check);
    } else if (parked_.size() < kMaxParked) {
      parked_.insert_or_assign(check.name, std::move(check));
    }
  }
  snapshot_is_old_ = true;
}

std::vector<SavedCheck> Engine::save(std::size_t first, std::size_t count) {
  const MutexLock lock(mutex_);
  const Moment at = now();
  std::vector<SavedCheck> saved;
  const std::size_t end = std::min(records_.size(), first + count);
  for (std::size_t i = std::min(first, end); i < end; ++i) {
    if (config_) records_[i]->forget_before(config_->history_retention);
    saved.push_back(records_[i]->save(at));
  }
  return saved;
}

}  // namespace picket::health
