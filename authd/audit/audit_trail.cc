#include "authd/audit/audit_trail.h"

namespace picket::authd {
namespace {

prometheus::Family<prometheus::Counter>& failures_of(MetricRegistry& registry) {
  return registry.counter("authd_audit_write_failures_total",
                          "Audit events that could not be written, by where: the store (the action was "
                          "refused) or the file for shippers.");
}

}  // namespace

AuditTrail::AuditTrail(AuditLog& log, const FileSink& sink, MetricRegistry& registry)
    : log_(log),
      sink_(sink),
      store_failures_(failures_of(registry).Add({{"target", "store"}})),
      file_failures_(failures_of(registry).Add({{"target", "file"}})) {}

Result<AuditRow> AuditTrail::append(const AuditEvent& event) {
  auto row = log_.append(event);
  if (!row) {
    store_failures_.Increment();
    return row;
  }
  if (const auto shipped = sink_.write_line(jsonl_line(*row)); !shipped) file_failures_.Increment();
  return row;
}

}  // namespace picket::authd
