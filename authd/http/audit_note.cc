#include "authd/http/audit_note.h"

namespace picket::authd {

Result<void> audit(const HttpParts& parts, const Visit& visit, const AuditNote& note) {
  const Result<AuditRow> row = parts.audit.append({.timestamp = parts.clock.wall(),
                                                   .user_id = visit.identity ? visit.identity->user_id : "",
                                                   .ip = visit.client.address.text(),
                                                   .user_agent = visit.client.user_agent,
                                                   .action = std::string(note.action),
                                                   .resource = note.resource,
                                                   .result = std::string(note.result),
                                                   .details = audit_details(note.details)});
  if (!row) return fail(row, "writing the audit log");
  return {};
}

Result<bool> audited(const HttpParts& parts, const Visit& visit, AuditNote note, Result<bool> outcome) {
  note.result = outcome && *outcome ? "success" : "failed";
  const Result<void> noted = audit(parts, visit, note);
  if (outcome && *outcome && !noted) return fail(noted);
  return outcome;
}

}  // namespace picket::authd
