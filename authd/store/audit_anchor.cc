#include "authd/store/audit_anchor.h"

#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::string_view kFormat = "audit-anchor-1";
constexpr Bytes kFileMax = 4_KiB;
constexpr unsigned kPrivate = 0600;

/// "audit-anchor-1 SEQ HASH MAC"; nothing when it is anything else.
std::optional<AuditMark> parse(std::string_view text) {
  const std::vector<std::string_view> words = split(trim(text), ' ');
  if (words.size() != 4 || words[0] != kFormat) return std::nullopt;
  const Result<std::int64_t> seq = parse_int(words[1]);
  if (!seq || *seq < 0) return std::nullopt;
  return AuditMark{*seq, std::string(words[2]), std::string(words[3])};
}

}  // namespace

AuditAnchor::AuditAnchor(Files& files, const std::string& storage_path, Secret key)
    : files_(files), path_(storage_path + "/audit.anchor"), key_(std::move(key)) {}

Result<std::optional<AuditMark>> AuditAnchor::read() const {
  const auto text = files_.read(path_, kFileMax);
  if (!text && text.error().kind == ErrorKind::NotFound) return std::optional<AuditMark>();
  if (!text) return fail(text, path_);
  const std::optional<AuditMark> seen = parse(*text);
  // One that was changed has seen nothing that could be compared: its signature says so below.
  return seen ? seen : AuditMark{};
}

// One statement, so that retention cannot come in between.
Result<AuditAnchor::Ends> AuditAnchor::ends_of(sql::Session& session, std::int64_t seen) const {
  const auto rows = session.query(
      "SELECT kind, seq, hash, mac FROM audit_marks UNION ALL SELECT 'row', seq, hash, '' FROM audit_events "
      "WHERE seq = $1",
      {seen});
  if (!rows) return fail(rows);
  Ends ends;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const sql::Row row = (*rows)[i];
    const AuditMark mark{row.integer(1), row.text(2), row.text(3)};
    if (row.text(0) == "row") ends.row = mark;
    if (row.text(0) == "head" && is_genuine(MarkKind::Head, mark, key_)) ends.head = mark;
    if (row.text(0) == "anchor" && is_genuine(MarkKind::Anchor, mark, key_)) ends.dropped = mark;
  }
  return ends;
}

std::optional<AuditBreak> AuditAnchor::missing_in(const Ends& ends, const AuditMark& seen) const {
  if (!is_genuine(MarkKind::Seen, seen, key_)) {
    return AuditBreak{seen.seq, "audit.anchor is not signed with our key"};
  }
  if (seen.seq > ends.head.seq) {
    return AuditBreak{
        ends.head.seq + 1,
        fmt::format("the log ends at row {}, and audit.anchor has seen row {}", ends.head.seq, seen.seq)};
  }
  if (seen.seq < ends.dropped.seq || seen.seq == 0) return std::nullopt;
  const AuditMark& there = seen.seq == ends.dropped.seq ? ends.dropped : ends.row;
  if (there.seq == seen.seq && there.hash == seen.hash) return std::nullopt;
  return AuditBreak{seen.seq, there.seq == seen.seq ? "the row is not the one that audit.anchor has seen"
                                                    : "the row, which audit.anchor has seen, is missing"};
}

Result<std::optional<AuditBreak>> AuditAnchor::compare(sql::Session& session) const {
  const auto seen = read();
  if (!seen) return fail(seen);
  if (!*seen) return std::optional<AuditBreak>();
  const auto ends = ends_of(session, (*seen)->seq);
  if (!ends) return fail(ends);
  return missing_in(*ends, **seen);
}

Result<void> AuditAnchor::write(const AuditMark& end) {
  const AuditMark seen = sign_mark(MarkKind::Seen, end.seq, end.hash, key_);
  return files_.write_atomic(path_, fmt::format("{} {} {} {}\n", kFormat, seen.seq, seen.hash, seen.mac),
                             kPrivate);
}

Result<void> AuditAnchor::advance(sql::Session& session) {
  const auto seen = read();
  if (!seen) return fail(seen);
  const auto ends = ends_of(session, *seen ? (*seen)->seq : 0);
  if (!ends) return fail(ends);
  if (*seen) {
    const auto lost = missing_in(*ends, **seen);
    if (lost) return fail(ErrorKind::Corrupt, anchor_complaint(*lost, path_));
    if (ends->head.seq <= (*seen)->seq) return {};
  }
  return write(ends->head);
}

Result<void> AuditAnchor::accept(sql::Session& session) {
  const auto ends = ends_of(session, 0);
  return ends ? write(ends->head) : fail(ends);
}

std::string anchor_complaint(const AuditBreak& lost, const std::string& path) {
  return fmt::format(
      "the audit log has lost rows ({}; the file is {}). If this database was restored or exchanged on "
      "purpose, `authctl audit accept` says so",
      lost.reason, path);
}

}  // namespace picket::authd
