#include "exporters/security/exposition/source_families.h"

#include "base/time/timestamp.h"

namespace picket::security {
namespace {

using Sources = std::vector<SourceStatusPtr>;

void write_lines(MetricWriter& writer, const Sources& sources) {
  FamilyWriter& lines = writer.counter("security_log_lines_total", "Lines read.", {"source"});
  for (const auto& source : sources)
    lines.sample({source->name},
                 static_cast<double>(source->counts.tail.lines + source->counts.tail.oversize_lines));
  FamilyWriter& bytes = writer.counter("security_log_bytes_total", "Bytes read.", {"source"});
  for (const auto& source : sources)
    bytes.sample({source->name}, static_cast<double>(source->counts.tail.bytes));
  FamilyWriter& failures =
      writer.counter("security_log_parse_failures_total",
                     "Lines not parsed (format, oversize, binary, time).", {"source", "reason"});
  for (const auto& source : sources) {
    for (const auto result :
         {ParseResult::Format, ParseResult::Oversize, ParseResult::Binary, ParseResult::Time}) {
      const std::uint64_t skipped = result == ParseResult::Oversize ? source->counts.tail.oversize_lines : 0;
      failures.sample({source->name, to_string(result)},
                      static_cast<double>(source->counts.parsed[static_cast<std::size_t>(result)] + skipped));
    }
  }
}

void write_files(MetricWriter& writer, const Sources& sources) {
  FamilyWriter& lost =
      writer.counter("security_log_lost_bytes_total",
                     "Bytes known lost (truncated or rotated away before reading).", {"source"});
  for (const auto& source : sources)
    lost.sample({source->name}, static_cast<double>(source->counts.tail.lost_bytes));
  FamilyWriter& rotations = writer.counter("security_log_rotations_total",
                                           "Rotations seen (rename, truncate, replace).", {"source", "kind"});
  for (const auto& source : sources) {
    rotations.sample({source->name, "rename"}, static_cast<double>(source->counts.tail.renames));
    rotations.sample({source->name, "truncate"}, static_cast<double>(source->counts.tail.truncates));
    rotations.sample({source->name, "replace"}, static_cast<double>(source->counts.tail.replaces));
  }
  FamilyWriter& errors = writer.counter("security_log_read_errors_total", "Read errors.", {"source"});
  for (const auto& source : sources)
    errors.sample({source->name}, static_cast<double>(source->counts.tail.read_errors));
  FamilyWriter& refused = writer.counter("security_log_files_refused_total",
                                         "Files of a pattern not followed, over the limit.", {"source"});
  for (const auto& source : sources)
    refused.sample({source->name}, static_cast<double>(source->counts.tail.refused_files));
}

void write_moment(FamilyWriter& family, const SourceStatus& source, const std::optional<WallTime>& time) {
  if (time) family.sample({source.name}, unix_seconds(*time));
}

void write_state(MetricWriter& writer, const Sources& sources) {
  FamilyWriter& up = writer.gauge("security_source_up", "1 if the source is readable.", {"source"});
  for (const auto& source : sources) up.sample({source->name}, source->problem.empty() ? 1 : 0);
  FamilyWriter& lag = writer.gauge("security_log_lag_bytes", "Bytes not read yet.", {"source"});
  for (const auto& source : sources) lag.sample({source->name}, static_cast<double>(source->lag_bytes));
  FamilyWriter& newest =
      writer.gauge("security_log_last_event_timestamp_seconds", "Newest event time read.", {"source"});
  for (const auto& source : sources) write_moment(newest, *source, source->counts.last_event);
  FamilyWriter& checkpoint = writer.gauge("security_log_checkpoint_timestamp_seconds",
                                          "Unix time of the last durable read position.", {"source"});
  for (const auto& source : sources) write_moment(checkpoint, *source, source->checkpoint_at);
  FamilyWriter& unsaved = writer.counter("security_log_checkpoint_failures_total",
                                         "Tries to make the read position durable that failed.", {"source"});
  for (const auto& source : sources)
    unsaved.sample({source->name}, static_cast<double>(source->checkpoint_failures));
}

void write_chains(MetricWriter& writer, const Sources& sources) {
  FamilyWriter& intact =
      writer.gauge("security_audit_chain_intact",
                   "1 if no break of the audit hash chain was seen within a day.", {"source"});
  for (const auto& source : sources) {
    if (source->signals.chain) intact.sample({source->name}, source->signals.chain->is_intact ? 1 : 0);
  }
  FamilyWriter& breaks =
      writer.counter("security_audit_chain_breaks_total", "Breaks of the audit hash chain.", {"source"});
  for (const auto& source : sources) {
    if (source->signals.chain)
      breaks.sample({source->name}, static_cast<double>(source->signals.chain->breaks));
  }
}

}  // namespace

void write_source_families(MetricWriter& writer, const Sources& sources) {
  write_lines(writer, sources);
  write_files(writer, sources);
  write_state(writer, sources);
  write_chains(writer, sources);
}

}  // namespace picket::security
