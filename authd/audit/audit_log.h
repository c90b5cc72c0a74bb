// The append-only audit log: implemented by authd/store, and by AuditTrail, which ships and counts as well.
// Safe from any thread. Errors: Unavailable or Timeout when the store does not answer; nothing was then
// written, or it is not known whether it was.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "authd/audit/chain.h"

namespace picket::authd {

struct AuditFilter {
  std::string user_id{}, action{}, resource{}, result{},
      ip{};                              ///< "" is any; action "users.*" is a family of actions
  std::optional<WallTime> from{}, to{};  ///< to is not included
  std::int64_t before_seq = 0;           ///< paging; 0 begins with the newest
  int limit = 100;
};

struct AuditVerdict {
  std::int64_t checked = 0;  ///< good rows
  std::int64_t first = 0, last = 0;
  std::optional<AuditBreak> broken;
};

class AuditLog {
 public:
  virtual ~AuditLog() = default;

  /// Durable when it returns. Answers the row.
  virtual Result<AuditRow> append(const AuditEvent& event) = 0;
  virtual Result<std::vector<AuditRow>> query(const AuditFilter& filter) = 0;  ///< newest first
  /// Rows above `after_seq` in order, for exports.
  virtual Result<std::vector<AuditRow>> read(std::int64_t after_seq, int limit) = 0;
  /// Rows first..last; 0 stands for the oldest kept and the newest. A whole check also finds rows that were
  /// cut off at either end.
  virtual Result<AuditVerdict> verify(std::int64_t first, std::int64_t last) = 0;
  /// Retention: deletes rows before that time, oldest first, and signs where the chain goes on. Refuses
  /// (Corrupt) to drop what does not verify. Answers how many.
  virtual Result<std::int64_t> drop_before(WallTime time) = 0;
};

}  // namespace picket::authd
