// Rows and marks of the audit log: read and written. For SqlAuditLog.
#pragma once

#include <optional>
#include <vector>

#include "authd/audit/audit_log.h"
#include "base/sql/database.h"

namespace picket::authd {

Result<void> insert_row(sql::Session& session, const AuditRow& row);
/// Above `after_seq`, in order.
Result<std::vector<AuditRow>> read_rows(sql::Session& session, std::int64_t after_seq, int limit);
Result<std::vector<AuditRow>> query_rows(sql::Session& session, const AuditFilter& filter);

Result<std::optional<AuditMark>> find_mark(sql::Session& session, MarkKind kind);
/// Puts `mark` where `before` is, or where there is none. False when another writer was first.
Result<bool> put_mark(sql::Session& session, MarkKind kind, const std::optional<AuditMark>& before,
                      const AuditMark& mark);

}  // namespace picket::authd
