#include "authd/ctl/audit_commands.h"

#include <algorithm>

#include "base/text/table.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

constexpr int kAuditRowsPage = 1000;

/// "24h" is so long ago; else a moment.
Result<std::optional<WallTime>> moment(const std::string& text, WallTime now, std::string_view flag) {
  if (text.empty()) return std::nullopt;
  if (const auto ago = parse_duration(text)) return now - *ago;
  const auto time = parse_rfc3339(text);
  if (time) return *time;
  return fail(
      ErrorKind::InvalidInput,
      fmt::format("{}: \"{}\" is neither a duration (24h) nor a moment (2026-11-21T10:00:00Z)", flag, text));
}

/// A user who is gone is still in the log, by id.
Result<std::string> user_id_of(Workplace& place, const std::string& name) {
  if (name.empty()) return name;
  const auto user = place.find_user(name);
  if (user) return user->id;
  const ErrorKind kind = user.error().kind;
  if (kind == ErrorKind::NotFound || kind == ErrorKind::InvalidInput) return name;
  return fail(user);
}

Result<AuditFilter> filter_of(Workplace& place, const CtlArguments& args) {
  const WallTime now = place.clock().wall();
  const auto from = moment(args.since, now, "--since");
  if (!from) return fail(from);
  const auto to = moment(args.until, now, "--until");
  if (!to) return fail(to);
  auto user_id = user_id_of(place, args.user);
  if (!user_id) return fail(user_id);
  AuditFilter filter;
  filter.user_id = std::move(*user_id);
  filter.action = args.action;
  filter.result = args.result;
  filter.ip = args.ip;
  filter.from = *from;
  filter.to = *to;
  return filter;
}

void print(const std::vector<AuditRow>& rows, bool as_json, Terminal& terminal) {
  TextTable table{{"SEQ", "TIME", "ACTION", "RESULT", "USER ID", "IP", "RESOURCE", "DETAILS"}, {}};
  for (const AuditRow& row : rows) {
    const AuditEvent& event = row.event;
    if (as_json) terminal.out << jsonl_line(row) << "\n";
    table.rows.push_back({std::to_string(row.seq), format_rfc3339(event.timestamp), event.action,
                          event.result, event.user_id, event.ip, event.resource, event.details});
  }
  if (!as_json) terminal.out << format_table(table);
}

}  // namespace

Result<int> audit_verify(Workplace& place, const CtlArguments&, Terminal& terminal) {
  const auto verdict = place.stores().audit().verify(0, 0);
  if (!verdict) return fail(verdict);
  if (verdict->broken) {
    terminal.out << "broken at row " << verdict->broken->seq << ": " << verdict->broken->reason << " ("
                 << verdict->checked << " good rows before it)\n";
    return kExitFailed;
  }
  const auto lost = place.audit_anchor().compare(place.database());
  if (!lost) return fail(lost);
  if (*lost) {
    terminal.out << "broken at row " << (*lost)->seq << ": " << (*lost)->reason << "\n";
    terminal.err << "authctl: " << anchor_complaint(**lost, place.audit_anchor().path()) << "\n";
    return kExitFailed;
  }
  terminal.out << verdict->checked << " rows, " << verdict->first << " to " << verdict->last
               << ": all as they were written\n";
  return kExitFine;
}

Result<int> audit_accept(Workplace& place, const CtlArguments&, Terminal& terminal) {
  AuditAnchor& anchor = place.audit_anchor();
  const auto lost = anchor.compare(place.database());
  if (!lost) return fail(lost);
  if (!*lost) {
    terminal.err << "There is nothing to accept: the log holds all that " << anchor.path() << " has seen.\n";
    return kExitFine;
  }
  const auto noted = place.audited({"audit.accept", "", {{"lost", (*lost)->reason}}}, Result<void>());
  if (!noted) return fail(noted);
  const auto accepted = anchor.accept(place.database());
  if (!accepted) return fail(accepted, "the audit log tells of it, but the file is not written");
  terminal.err << "Accepted: " << (*lost)->reason << ". " << anchor.path()
               << " goes on from the log's end; other replicas have files of their own.\n";
  return kExitFine;
}

Result<int> audit_export(Workplace& place, const CtlArguments&, Terminal& terminal) {
  std::int64_t after = 0;
  std::int64_t count = 0;
  while (true) {
    const auto page = place.stores().audit().read(after, kAuditRowsPage);
    if (!page) return fail(page);
    if (page->empty()) break;
    for (const AuditRow& row : *page) terminal.out << jsonl_line(row) << "\n";
    count += static_cast<std::int64_t>(page->size());
    after = page->back().seq;
    if (!terminal.out) return fail(ErrorKind::Unavailable, "standard output does not take it");
  }
  const auto noted = place.audited({"audit.export", "", {{"rows", std::to_string(count)}}}, Result<void>());
  if (!noted) return fail(noted);
  return kExitFine;
}

Result<int> audit_query(Workplace& place, const CtlArguments& args, Terminal& terminal) {
  auto filter = filter_of(place, args);
  if (!filter) return fail(filter);
  std::vector<AuditRow> rows;
  while (static_cast<int>(rows.size()) < args.limit) {
    filter->limit = std::min(kAuditRowsPage, args.limit - static_cast<int>(rows.size()));
    const auto page = place.stores().audit().query(*filter);
    if (!page) return fail(page);
    if (page->empty()) break;
    rows.insert(rows.end(), page->begin(), page->end());
    filter->before_seq = page->back().seq;
  }
  print(rows, args.format == "json", terminal);
  return kExitFine;
}

}  // namespace picket::authd
