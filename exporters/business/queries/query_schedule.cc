#include "exporters/business/queries/query_schedule.h"

#include <atomic>

namespace picket::business {
namespace {

// First runs are spread over this time, so that a start is no burst.
constexpr Duration kFirstSpread = std::chrono::seconds(1);

prometheus::Family<prometheus::Counter>& skipped_runs(MetricRegistry& registry) {
  return registry.counter("business_exporter_scheduler_skipped_runs_total",
                          "Runs skipped: the one before still ran, or the queue was full.");
}

Duration first_delay(const QueryConfig& query) {
  const auto spread = static_cast<std::size_t>(std::min(kFirstSpread, query.interval).count());
  return Duration(static_cast<Duration::rep>(std::hash<std::string>{}(query.name) % spread));
}

}  // namespace

struct QuerySchedule::Entry {
  QueryPtr query;
  std::weak_ptr<Lane> lane;  // the lane's threads hold the entry: they must not own the lane
  std::optional<TimerId> timer;
  MonoTime first_run{};
  std::atomic<bool> running{false};
  std::atomic<bool> timed_out{false};  ///< the last run did
  std::atomic<bool> wanted{true};      ///< false once a configuration has come without it
};

QuerySchedule::QuerySchedule(Scheduler& scheduler, Logger& log, MetricRegistry& registry, Done done)
    : scheduler_(scheduler),
      log_(log),
      links_(std::make_shared<const Links>(Links{std::move(done),
                                                 skipped_runs(registry).Add({{"reason", "running"}}),
                                                 skipped_runs(registry).Add({{"reason", "queue_full"}})})) {}

QuerySchedule::~QuerySchedule() {
  stop();
}

QuerySchedule::LanePtr QuerySchedule::lane_for(const DatabaseConfig& database) const {
  const MutexLock lock(mutex_);
  const auto found = lanes_.find(database.name);
  if (found != lanes_.end() && found->second->config() == database) return found->second;
  return std::make_shared<Lane>(database, scheduler_.clock(), log_);
}

QuerySchedule::EntryPtr QuerySchedule::entry_for(const QueryPtr& query, const LanePtr& lane,
                                                 const Entries& before) {
  const auto found = before.find(query->name);
  if (found != before.end() && found->second->lane.lock() == lane && *found->second->query == *query)
    return found->second;
  auto entry = std::make_shared<Entry>();
  entry->query = query;
  entry->lane = lane;
  return entry;
}

void QuerySchedule::apply(const std::vector<DatabaseConfig>& databases,
                          const std::vector<QueryPtr>& queries) {
  std::map<std::string, LanePtr> lanes;
  for (const DatabaseConfig& database : databases) lanes.emplace(database.name, lane_for(database));
  Entries before, entries;
  {
    const MutexLock lock(mutex_);
    before = entries_;
  }
  for (const QueryPtr& query : queries)
    entries.emplace(query->name, entry_for(query, lanes.at(query->database), before));
  for (const auto& [name, entry] : before) {
    const auto kept = entries.find(name);
    if (kept != entries.end() && kept->second == entry) continue;
    entry->wanted = false;
    if (entry->timer) scheduler_.cancel(*entry->timer);
  }
  for (const auto& [name, entry] : entries) {
    if (!entry->timer) schedule(entry);
  }
  // Lanes of no further use end behind the lock.
  const MutexLock lock(mutex_);
  entries_.swap(entries);
  lanes_.swap(lanes);
}

void QuerySchedule::schedule(const EntryPtr& entry) {
  const Duration first = first_delay(*entry->query);
  entry->first_run = scheduler_.clock().mono() + first;
  entry->timer = scheduler_.every({.interval = entry->query->interval, .jitter = {}, .first = first},
                                  [entry, links = links_] { run(entry, links); });
}

void QuerySchedule::run(const EntryPtr& entry, const std::shared_ptr<const Links>& links) {
  const LanePtr lane = entry->lane.lock();
  if (!lane || !entry->wanted) return;
  if (entry->running.exchange(true)) return links->still_running.Increment();
  const QueryConfig& query = *entry->query;
  Read read;
  read.sql = query.sql;
  read.limits = {.rows = query.max_rows, .bytes = query.max_bytes, .timeout = query.timeout};
  read.suspect = entry->timed_out;
  read.done = [entry, links](const ReadOutcome& outcome) {
    entry->timed_out = !outcome.rows && outcome.rows.error().reason == sql::ReadFailure::Timeout;
    if (entry->wanted) links->done(entry->query, outcome);
    entry->running = false;
  };
  if (lane->submit(std::move(read))) return;
  links->queue_full.Increment();
  entry->running = false;
}

void QuerySchedule::stop() {
  apply({}, {});
}

std::vector<LaneStatus> QuerySchedule::lanes() const {
  std::vector<LaneStatus> statuses;
  const MutexLock lock(mutex_);
  for (const auto& [name, lane] : lanes_) statuses.push_back(lane->status());
  return statuses;
}

std::map<std::string, Duration> QuerySchedule::next_runs() const {
  std::map<std::string, Duration> runs;
  const MonoTime now = scheduler_.clock().mono();
  const MutexLock lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    const Duration past = now - entry->first_run;
    const Duration interval = entry->query->interval;
    runs.emplace(name, past < Duration::zero() ? -past : interval - past % interval);
  }
  return runs;
}

bool QuerySchedule::submit(const std::string& database, Read read) {
  LanePtr lane;
  {
    const MutexLock lock(mutex_);
    const auto found = lanes_.find(database);
    if (found != lanes_.end()) lane = found->second;
  }
  return lane && lane->submit(std::move(read));
}

}  // namespace picket::business
