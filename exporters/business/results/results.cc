#include "exporters/business/results/results.h"

#include <new>

#include "exporters/business/results/continuity.h"
#include "exporters/business/results/conversion.h"
#include "exporters/business/results/result_json.h"

namespace picket::business {
namespace {

const std::vector<double> kDurationBounds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

FailureReason reason_of(sql::ReadFailure failure) {
  switch (failure) {
    case sql::ReadFailure::Connect:
      return FailureReason::Connect;
    case sql::ReadFailure::Timeout:
      return FailureReason::Timeout;
    case sql::ReadFailure::Cancelled:
      return FailureReason::Cancelled;
    case sql::ReadFailure::Cardinality:
      return FailureReason::Cardinality;
    case sql::ReadFailure::Sql:
      break;
  }
  return FailureReason::Sql;
}

}  // namespace

std::string_view to_string(FailureReason reason) {
  constexpr std::array<std::string_view, kFailureReasons> kNames = {"connect", "timeout", "cancelled",
                                                                    "sql",     "shape",   "cardinality"};
  return kNames[static_cast<std::size_t>(reason)];
}

void Results::apply(const std::vector<QueryPtr>& queries) {
  std::map<std::string, Entry> entries;
  std::vector<std::string> order;
  const MutexLock lock(mutex_);
  for (const QueryPtr& query : queries) {
    Entry entry;
    entry.fingerprint = query->fingerprint();
    const auto before = entries_.find(query->name);
    if (before != entries_.end() && before->second.fingerprint == entry.fingerprint)
      entry = std::move(before->second);
    entry.status.config = query;
    if (entry.status.durations.bounds.empty()) {
      entry.status.durations.bounds = kDurationBounds;
      entry.status.durations.counts.resize(kDurationBounds.size() + 1);
    }
    order.push_back(query->name);
    entries.emplace(query->name, std::move(entry));
  }
  entries_.swap(entries);
  order_.swap(order);
}

void Results::restore(const std::vector<StoredResult>& stored) {
  const MutexLock lock(mutex_);
  for (const StoredResult& saved : stored) {
    const auto found = entries_.find(saved.query);
    if (found == entries_.end() || found->second.fingerprint != saved.fingerprint) continue;
    Entry& entry = found->second;
    if (entry.status.result != nullptr) continue;
    Result<QueryResult> result = decode_result(saved.body, *entry.status.config);
    if (!result) {
      log_.warn("a stored result is left out", {{"query", saved.query}, {"error", result.error()}});
      continue;
    }
    entry.status.result = std::make_shared<const QueryResult>(std::move(*result));
    entry.status.last_success = saved.taken_at;
    entry.taken = clock_.mono() - std::max(Duration::zero(), clock_.wall() - saved.taken_at);
  }
}

void Results::record(const QueryPtr& query, const sql::ReadResult<sql::Rows>& rows, Duration took) {
  if (!rows) return fail_run(query, reason_of(rows.error().reason), rows.error().message, took);
  try {
    Result<Converted> converted = convert(*query, *rows);
    if (!converted) return fail_run(query, FailureReason::Shape, converted.error().message, took);
    keep(query, std::move(converted->result), converted->drops, took);
  } catch (const std::bad_alloc&) {
    fail_run(query, FailureReason::Cardinality, "there is no memory for the result", took);
  }
}

Results::Entry* Results::entry_of(const std::string& query, const std::string& fingerprint) {
  const auto found = entries_.find(query);
  return found != entries_.end() && found->second.fingerprint == fingerprint ? &found->second : nullptr;
}

void Results::note_run(Entry& entry, Duration took) {
  ++entry.status.runs;
  entry.status.last_run = clock_.wall();
  entry.status.last_took = took;
  observe(entry.status.durations, seconds(took));
}

void Results::fail_run(const QueryPtr& query, FailureReason reason, const std::string& message,
                       Duration took) {
  const std::string fingerprint = query->fingerprint();
  {
    const MutexLock lock(mutex_);
    Entry* entry = entry_of(query->name, fingerprint);
    if (entry == nullptr) return;
    note_run(*entry, took);
    ++entry->status.failures[static_cast<std::size_t>(reason)];
    entry->status.last_error = message;
  }
  log_.warn_of(query->name, "query failed",
               {{"query", query->name}, {"reason", to_string(reason)}, {"error", message}});
}

std::shared_ptr<const QueryResult> Results::last_of(const std::string& query,
                                                    const std::string& fingerprint) {
  const MutexLock lock(mutex_);
  const Entry* entry = entry_of(query, fingerprint);
  return entry == nullptr ? nullptr : entry->status.result;
}

void Results::keep(const QueryPtr& query, QueryResult result, Drops drops, Duration took) {
  StoredResult stored{query->name, query->fingerprint(), clock_.wall(), ""};
  // What takes time is done before the lock, for which scrapes wait.
  if (const auto before = last_of(query->name, stored.fingerprint))
    keep_counters(*query, *before, result, drops);
  const auto kept = std::make_shared<const QueryResult>(std::move(result));
  stored.body = encode_result(*kept);
  {
    const MutexLock lock(mutex_);
    Entry* entry = entry_of(query->name, stored.fingerprint);
    if (entry == nullptr) return;
    note_run(*entry, took);
    for (std::size_t i = 0; i < drops.size(); ++i) entry->status.drops[i] += drops[i];
    entry->status.last_error.clear();
    entry->status.last_success = stored.taken_at;
    entry->taken = clock_.mono();
    entry->status.result = kept;
  }
  save_(std::move(stored));
}

std::vector<QueryStatus> Results::snapshot() const {
  std::vector<QueryStatus> statuses;
  const MonoTime now = clock_.mono();
  const MutexLock lock(mutex_);
  for (const std::string& name : order_) {
    const Entry& entry = entries_.at(name);
    QueryStatus& status = statuses.emplace_back(entry.status);
    status.stale = status.result != nullptr && now - entry.taken > status.config->max_age;
    if (status.stale) status.result = nullptr;
  }
  return statuses;
}

}  // namespace picket::business
