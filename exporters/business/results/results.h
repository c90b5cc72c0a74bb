// The last good result of every query, and how its runs go. A failed run changes nothing of the result; one
// that is older than its query's max_age is withdrawn. Safe from any thread.
#pragma once

#include <map>
#include <vector>

#include "base/exec/mutex.h"
#include "base/log/logger.h"
#include "base/sql/source.h"
#include "exporters/business/results/query_status.h"
#include "exporters/business/results/result_store.h"

namespace picket::business {

class Results {
 public:
  /// Called with each new good result.
  using Save = std::function<void(StoredResult)>;

  Results(const Clock& clock, Logger& log, Save save) : clock_(clock), log_(log), save_(std::move(save)) {}

  /// Queries that mean the same as before keep their result and their counters.
  void apply(const std::vector<QueryPtr>& queries);
  /// Results of before a restart, for queries that have none yet. Those of other statements and those that
  /// cannot be read are left out.
  void restore(const std::vector<StoredResult>& stored);
  /// A run of a query that a reload has removed, or changed in what it means, is forgotten. One run
  /// of a query at a time.
  void record(const QueryPtr& query, const sql::ReadResult<sql::Rows>& rows, Duration took);
  /// In the order of the configuration.
  std::vector<QueryStatus> snapshot() const;

 private:
  struct Entry {
    QueryStatus status;
    std::string fingerprint;
    MonoTime taken{};
  };

  /// The query's entry; null when there is none, or the query of that name means something else by now.
  Entry* entry_of(const std::string& query, const std::string& fingerprint) REQUIRES(mutex_);
  void note_run(Entry& entry, Duration took) REQUIRES(mutex_);
  void fail_run(const QueryPtr& query, FailureReason reason, const std::string& message, Duration took);
  void keep(const QueryPtr& query, QueryResult result, Drops drops, Duration took);
  /// The query's result of before, also when it is too old to be shown; null when there is none.
  std::shared_ptr<const QueryResult> last_of(const std::string& query, const std::string& fingerprint);

  const Clock& clock_;
  Logger& log_;
  const Save save_;

  mutable Mutex mutex_;
  std::vector<std::string> order_ GUARDED_BY(mutex_);
  std::map<std::string, Entry> entries_ GUARDED_BY(mutex_);
};

}  // namespace picket::business
