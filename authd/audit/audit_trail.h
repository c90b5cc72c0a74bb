// The audit log that the daemon uses: the store's, whose rows also go to a file for shippers. The store's
// fault is the caller's to answer for; the file's is counted and never stops anybody. Safe from any thread.
#pragma once

#include "authd/audit/audit_log.h"
#include "authd/audit/file_sink.h"
#include "base/metrics/registry.h"

namespace picket::authd {

class AuditTrail final : public AuditLog {
 public:
  /// Both must outlive it.
  AuditTrail(AuditLog& log, const FileSink& sink, MetricRegistry& registry);

  Result<AuditRow> append(const AuditEvent& event) override;
  Result<std::vector<AuditRow>> query(const AuditFilter& filter) override { return log_.query(filter); }
  Result<std::vector<AuditRow>> read(std::int64_t after_seq, int limit) override {
    return log_.read(after_seq, limit);
  }
  Result<AuditVerdict> verify(std::int64_t first, std::int64_t last) override {
    return log_.verify(first, last);
  }
  Result<std::int64_t> drop_before(WallTime time) override { return log_.drop_before(time); }

 private:
  AuditLog& log_;
  const FileSink& sink_;
  prometheus::Counter& store_failures_;
  prometheus::Counter& file_failures_;
};

}  // namespace picket::authd
