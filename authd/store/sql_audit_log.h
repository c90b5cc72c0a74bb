// AuditLog on a database: gap-free and chained however many threads and replicas append. Threads that append
// at the same time share one transaction, written by the first of them. Safe from any thread.
#pragma once

#include <optional>
#include <vector>

#include "authd/audit/audit_log.h"
#include "base/exec/mutex.h"
#include "base/sql/database.h"

namespace picket::authd {

class SqlAuditLog final : public AuditLog {
 public:
  /// `database` must outlive it. `key` signs the ends of the chain: the same on every replica, for ever.
  SqlAuditLog(sql::Database& database, Secret key) : database_(database), key_(std::move(key)) {}

  Result<AuditRow> append(const AuditEvent& event) override;
  Result<std::vector<AuditRow>> query(const AuditFilter& filter) override;
  Result<std::vector<AuditRow>> read(std::int64_t after_seq, int limit) override;
  Result<AuditVerdict> verify(std::int64_t first, std::int64_t last) override;
  Result<std::int64_t> drop_before(WallTime time) override;

 private:
  struct Waiting {
    AuditEvent event;
    std::optional<Result<AuditRow>> outcome{};
  };
  using Batch = std::vector<Waiting*>;

  Batch take_batch() EXCLUDES(mutex_);
  void lead() EXCLUDES(mutex_);
  void write(const Batch& batch);
  Result<std::vector<AuditRow>> write_once(const Batch& batch);
  Result<std::optional<AuditMark>> genuine_mark(sql::Session& session, MarkKind kind) const;
  Result<std::int64_t> drop_through(sql::Session& session, std::int64_t last) const;

  sql::Database& database_;
  const Secret key_;
  Mutex mutex_;
  ConditionVariable written_;
  Batch queue_ GUARDED_BY(mutex_);  ///< bounded by the number of threads, each of which waits here
  bool leading_ GUARDED_BY(mutex_) = false;
};

}  // namespace picket::authd
