#include "authd/audit/audit_trail.h"

namespace picket::authd {
namespace {

prometheus::Family<prometheus::Counter>& failures_of(MetricRegistry& registry) {
  return registry.counter("authd_audit_write_failures_total",
                          "Audit events that could not be written, by where: the store (the action was "
                          "refused) or the file for shippers.");
}

}  // namespace

AuditTrail::AuditTrail(AuditLog& trail, const FileSink& sink, MetricRegistry& registry, Logger& log,
                       AnchorCheck anchor)
    : trail_(trail),
      log_(log),
      sink_(sink),
      anchor_(std::move(anchor)),
      store_failures_(failures_of(registry).Add({{"target", "store"}})),
      file_failures_(failures_of(registry).Add({{"target", "file"}})) {}

Result<AuditRow> AuditTrail::append(const AuditEvent& event) {
  auto row = trail_.append(event);
  if (!row) {
    store_failures_.Increment();
    note_lost(event, row.error());
    return row;
  }
  if (const auto shipped = sink_.write_line(jsonl_line(*row)); !shipped) file_failures_.Increment();
  return row;
}

Result<AuditVerdict> AuditTrail::verify(std::int64_t first, std::int64_t last) {
  auto verdict = trail_.verify(first, last);
  const bool is_whole = first == 0 && last == 0;
  if (!verdict || verdict->broken || !is_whole || !anchor_) return verdict;
  auto lost = anchor_();
  if (!lost) return fail(lost);
  verdict->broken = std::move(*lost);
  return verdict;
}

/// What was refused changed nothing, and a flood of it would drown the log.
void AuditTrail::note_lost(const AuditEvent& event, const Error& why) {
  const auto canonical = canonical_event(event);
  if (event.result != "success" || !canonical) return;
  log_.error("audit event not written", {{"event", canonical_line(*canonical)}, {"error", why}});
}

}  // namespace picket::authd
