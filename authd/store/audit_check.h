// Walks the audit log and finds the first row that is not as it was written. For SqlAuditLog.
#pragma once

#include "authd/audit/audit_log.h"
#include "base/sql/database.h"

namespace picket::authd {

/// Number of the last row such that it and all before are older than `time`; 0 when there is none.
Result<std::int64_t> last_before(sql::Session& session, WallTime time);

class AuditCheck {  ///< for one thread
 public:
  /// Both must outlive it.
  AuditCheck(sql::Session& session, const Secret& key) : session_(session), key_(key) {}

  /// As AuditLog::verify.
  Result<AuditVerdict> run(std::int64_t first, std::int64_t last);

 private:
  struct Ends {
    AuditMark anchor;  ///< seq 0 when nothing was dropped
    AuditMark head;    ///< seq 0 when nothing was written
    bool has_anchor = false, has_head = false;
    std::int64_t newest = 0;
  };
  Result<Ends> read_ends();
  void check_ends(const Ends& ends);
  Result<void> run_once(std::int64_t first, std::int64_t last, const Ends& ends);
  Result<AuditMark> start_of(std::int64_t first, const AuditMark& anchor);
  Result<void> walk(ChainVerifier& chain, std::int64_t last);
  void broken(std::int64_t seq, std::string reason) { verdict_.broken = AuditBreak{seq, std::move(reason)}; }

  sql::Session& session_;
  const Secret& key_;
  AuditVerdict verdict_{};
};

}  // namespace picket::authd
