// The audit log that the daemon uses: the store's, whose rows also go to a file for shippers. The store's
// fault is the caller's to answer for; what was done by then and cannot be written down goes to the daemon's
// own log, whole. The file's fault is counted and never stops anybody. Safe from any thread.
#pragma once

#include <functional>

#include "authd/audit/audit_log.h"
#include "authd/audit/file_sink.h"
#include "base/log/logger.h"
#include "base/metrics/registry.h"

namespace picket::authd {

/// What the log lacks of what was seen of it outside the database.
using AnchorCheck = std::function<Result<std::optional<AuditBreak>>()>;

class AuditTrail final : public AuditLog {
 public:
  /// All must outlive it. A whole check asks `anchor` too, if there is one.
  AuditTrail(AuditLog& trail, const FileSink& sink, MetricRegistry& registry, Logger& log,
             AnchorCheck anchor = {});

  Result<AuditRow> append(const AuditEvent& event) override;
  Result<std::vector<AuditRow>> query(const AuditFilter& filter) override { return trail_.query(filter); }
  Result<std::vector<AuditRow>> read(std::int64_t after_seq, int limit) override {
    return trail_.read(after_seq, limit);
  }
  Result<AuditVerdict> verify(std::int64_t first, std::int64_t last) override;
  Result<std::int64_t> drop_before(WallTime time) override { return trail_.drop_before(time); }

 private:
  void note_lost(const AuditEvent& event, const Error& why);

  AuditLog& trail_;
  Logger& log_;
  const FileSink& sink_;
  const AnchorCheck anchor_;
  prometheus::Counter& store_failures_;
  prometheus::Counter& file_failures_;
};

}  // namespace picket::authd
