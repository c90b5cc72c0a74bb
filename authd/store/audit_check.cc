#include "authd/store/audit_check.h"

#include <algorithm>
#include <limits>

#include "authd/store/audit_rows.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

constexpr int kAuditPage = 1000;
constexpr int kRunsMax = 3;

}  // namespace

Result<std::int64_t> last_before(sql::Session& session, WallTime time) {
  const auto rows = session.query(
      "SELECT COALESCE(MAX(seq), 0) FROM audit_events WHERE seq < COALESCE((SELECT MIN(seq) FROM "
      "audit_events "
      "WHERE at >= $1), $2)",
      {unix_millis(time), std::numeric_limits<std::int64_t>::max()});
  if (!rows) return fail(rows);
  return (*rows)[0].integer(0);
}

// One statement, so that rows which come meanwhile are in all of it or in none.
Result<AuditCheck::Ends> AuditCheck::read_ends() {
  const auto rows = session_.query(
      "SELECT kind, seq, hash, mac FROM audit_marks UNION ALL SELECT 'newest', COALESCE(MAX(seq), 0), '', '' "
      "FROM audit_events");
  if (!rows) return fail(rows);
  Ends ends;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const sql::Row row = (*rows)[i];
    const AuditMark mark{row.integer(1), row.text(2), row.text(3)};
    if (row.text(0) == "newest") {
      ends.newest = mark.seq;
    } else if (row.text(0) == "anchor") {
      ends.anchor = mark;
      ends.has_anchor = true;
    } else {
      ends.head = mark;
      ends.has_head = true;
    }
  }
  return ends;
}

void AuditCheck::check_ends(const Ends& ends) {
  if (ends.has_anchor && !is_genuine(MarkKind::Anchor, ends.anchor, key_)) {
    broken(ends.anchor.seq + 1, "what was dropped before it is not signed with our key");
  } else if (ends.has_head && !is_genuine(MarkKind::Head, ends.head, key_)) {
    broken(ends.head.seq, "the end of the log is not signed with our key");
  } else if (ends.newest > std::max(ends.head.seq, ends.anchor.seq)) {
    broken(ends.head.seq + 1, "the row is behind the signed end of the log");
  } else if (!ends.has_head && ends.has_anchor) {
    broken(ends.anchor.seq + 1, "the end of the log is not signed");
  }
}

Result<AuditMark> AuditCheck::start_of(std::int64_t first, const AuditMark& anchor) {
  if (first <= anchor.seq + 1) return anchor;
  const auto rows = read_rows(session_, first - 2, 1);
  if (!rows) return fail(rows);
  if (rows->empty() || rows->front().seq != first - 1) {
    broken(first - 1, "the row is missing");
    return anchor;
  }
  return AuditMark{first - 1, rows->front().hash, ""};
}

Result<void> AuditCheck::walk(ChainVerifier& chain, std::int64_t last) {
  while (chain.seq() < last) {
    const std::int64_t left = last - chain.seq();
    const auto rows =
        read_rows(session_, chain.seq(), static_cast<int>(std::min<std::int64_t>(kAuditPage, left)));
    if (!rows) return fail(rows);
    if (rows->empty()) {
      broken(chain.seq() + 1, "the row is missing");
      return {};
    }
    for (const AuditRow& row : *rows) {
      verdict_.broken = chain.take(row);
      if (verdict_.broken) return {};
      ++verdict_.checked;
    }
  }
  return {};
}

Result<void> AuditCheck::run_once(std::int64_t first, std::int64_t last, const Ends& ends) {
  verdict_ = {};
  check_ends(ends);
  if (verdict_.broken) return {};
  const auto start = start_of(first, ends.anchor);
  if (!start) return fail(start);
  if (verdict_.broken) return {};
  verdict_.first = start->seq + 1;
  verdict_.last = last == 0 ? ends.head.seq : std::min(last, ends.head.seq);
  ChainVerifier chain(*start);
  if (auto walked = walk(chain, verdict_.last); !walked) return walked;
  const bool is_end = ends.has_head && chain.seq() == ends.head.seq;
  if (!verdict_.broken && is_end && chain.hash() != ends.head.hash) {
    broken(chain.seq(), "the row is not the one that was signed as the last");
  }
  return {};
}

// Retention may move the beginning while we read.
Result<AuditVerdict> AuditCheck::run(std::int64_t first, std::int64_t last) {
  auto ends = read_ends();
  for (int runs = 0; ends && runs < kRunsMax; ++runs) {
    const std::int64_t anchor = ends->anchor.seq;
    if (const auto done = run_once(first, last, *ends); !done) return fail(done);
    if (!verdict_.broken) return verdict_;
    ends = read_ends();
    if (ends && ends->anchor.seq == anchor) return verdict_;
  }
  if (!ends) return fail(ends);
  return verdict_;
}

}  // namespace picket::authd
