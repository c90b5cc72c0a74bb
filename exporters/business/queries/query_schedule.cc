#include "exporters/business/queries/query_schedule.h"

#include <algorithm>
#include <atomic>

namespace picket::business {
namespace {

// First runs are soon, and spread over this time.
constexpr Duration kFirstSpread = std::chrono::seconds(1);

prometheus::Family<prometheus::Counter>& skipped_runs(MetricRegistry& registry) {
  return registry.counter("business_exporter_scheduler_skipped_runs_total",
                          "Runs skipped: the one before still ran, or the queue was full.");
}

/// A part of `whole` that is each query's own.
Duration part_of(Duration whole, const QueryConfig& query) {
  const std::size_t hash = std::hash<std::string>{}(query.name);
  return Duration(static_cast<Duration::rep>(hash % static_cast<std::size_t>(whole.count())));
}

}  // namespace

struct QuerySchedule::Entry {
  QueryPtr query;
  std::weak_ptr<Lane> lane;  // the lane's threads hold the entry: they must not own the lane
  std::optional<TimerId> timer;
  MonoTime first_run{};
  MonoTime second_run{};  ///< the others follow it, an interval apart
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
  const QueryConfig& query = *entry->query;
  const auto task = [entry, links = links_] { run(entry, links); };
  const MonoTime now = scheduler_.clock().mono();
  entry->first_run = now + part_of(std::min(kFirstSpread, query.interval), query);
  scheduler_.at(entry->first_run, task);
  // Then spread over the interval: queries that began at once would go on in bursts, and wait for one another.
  entry->second_run = entry->first_run + part_of(query.interval, query);
  entry->timer =
      scheduler_.every({.interval = query.interval, .jitter = {}, .first = entry->second_run - now}, task);
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
  statuses.reserve(lanes_.size());
  for (const auto& [name, lane] : lanes_) statuses.push_back(lane->status());
  return statuses;
}

std::map<std::string, Duration> QuerySchedule::next_runs() const {
  std::map<std::string, Duration> runs;
  const MonoTime now = scheduler_.clock().mono();
  const MutexLock lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    const Duration past = now - entry->second_run;
    const Duration interval = entry->query->interval;
    runs.emplace(name, now < entry->first_run    ? entry->first_run - now
                       : past < Duration::zero() ? -past
                                                 : interval - past % interval);
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
