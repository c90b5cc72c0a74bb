#include "authd/store/sql_audit_log.h"

#include "authd/store/audit_check.h"
#include "authd/store/audit_rows.h"
#include "authd/store/columns.h"
#include "authd/store/in_transaction.h"

namespace picket::authd {
namespace {

// How often a batch is tried while other replicas append between our reading and our writing.
constexpr int kTries = 20;

Failure overtaken() {
  return fail(ErrorKind::Timeout, "another replica appended to the audit log");
}

bool is_lost_race(const Error& error) {
  return error.kind == ErrorKind::Timeout || error.kind == ErrorKind::Conflict;
}

/// The rows of a batch, chained to what is there.
template <class Events>
std::vector<AuditRow> chain(const std::optional<AuditMark>& head, const Events& events) {
  AuditMark at = head.value_or(AuditMark{});
  std::vector<AuditRow> rows;
  rows.reserve(events.size());
  for (const auto* waiting : events) {
    at.hash = chain_hash(at.hash, ++at.seq, waiting->event);
    rows.push_back({at.seq, waiting->event, at.hash});
  }
  return rows;
}

}  // namespace

Result<AuditRow> SqlAuditLog::append(const AuditEvent& event) {
  auto canonical = canonical_event(event);
  if (!canonical) return fail(canonical);
  Waiting waiting{std::move(*canonical)};
  {
    const MutexLock lock(mutex_);
    queue_.push_back(&waiting);
  }
  while (true) {
    {
      const MutexLock lock(mutex_);
      while (!waiting.outcome && leading_) written_.wait(mutex_);
      if (waiting.outcome) return std::move(*waiting.outcome);
      leading_ = true;
    }
    lead();
  }
}

SqlAuditLog::Batch SqlAuditLog::take_batch() {
  const MutexLock lock(mutex_);
  Batch batch;
  batch.swap(queue_);
  return batch;
}

void SqlAuditLog::lead() {
  write(take_batch());
  {
    const MutexLock lock(mutex_);
    leading_ = false;
  }
  written_.notify_all();
}

// Each one of the batch waits until it has its outcome, so the pointers stay good until then.
void SqlAuditLog::write(const Batch& batch) {
  Result<std::vector<AuditRow>> rows = write_once(batch);
  for (int tries = 1; !rows && is_lost_race(rows.error()) && tries < kTries; ++tries)
    rows = write_once(batch);
  const MutexLock lock(mutex_);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (rows) {
      batch[i]->outcome = std::move((*rows)[i]);
    } else {
      batch[i]->outcome = Result<AuditRow>(fail(rows));
    }
  }
}

Result<std::vector<AuditRow>> SqlAuditLog::write_once(const Batch& batch) {
  using Rows = std::vector<AuditRow>;
  return in_transaction<Rows>(database_, [&](sql::Session& session) -> Result<Rows> {
    const auto head = genuine_mark(session, MarkKind::Head);
    if (!head) return fail(head);
    Rows rows = chain(*head, batch);
    for (const AuditRow& row : rows) {
      if (const auto inserted = insert_row(session, row); !inserted) return fail(inserted);
    }
    const AuditMark next = sign_mark(MarkKind::Head, rows.back().seq, rows.back().hash, key_);
    const auto put = put_mark(session, MarkKind::Head, *head, next);
    if (!put) return fail(put);
    if (!*put) return overtaken();
    return rows;
  });
}

// A new row behind a forged head would sign the forgery.
Result<std::optional<AuditMark>> SqlAuditLog::genuine_mark(sql::Session& session, MarkKind kind) const {
  auto mark = find_mark(session, kind);
  if (mark && *mark && !is_genuine(kind, **mark, key_)) {
    return fail(ErrorKind::Corrupt, "the end of the audit log is not signed with our key");
  }
  return mark;
}

Result<std::vector<AuditRow>> SqlAuditLog::query(const AuditFilter& filter) {
  return query_rows(database_, filter);
}

Result<std::vector<AuditRow>> SqlAuditLog::read(std::int64_t after_seq, int limit) {
  return read_rows(database_, after_seq, limit);
}

Result<AuditVerdict> SqlAuditLog::verify(std::int64_t first, std::int64_t last) {
  return AuditCheck(database_, key_).run(first, last);
}

/// Deletes the rows up to `last` and signs that the chain goes on after it.
Result<std::int64_t> SqlAuditLog::drop_through(sql::Session& session, std::int64_t last) const {
  const auto rows = read_rows(session, last - 1, 1);
  if (!rows) return fail(rows);
  if (rows->empty() || rows->front().seq != last) return overtaken();
  const auto before = genuine_mark(session, MarkKind::Anchor);
  if (!before) return fail(before);
  const auto gone = session.execute("DELETE FROM audit_events WHERE seq <= $1", {last});
  if (!gone) return fail(gone);
  const AuditMark anchor = sign_mark(MarkKind::Anchor, last, rows->front().hash, key_);
  const auto put = put_mark(session, MarkKind::Anchor, *before, anchor);
  if (!put) return fail(put);
  if (!*put) return overtaken();
  return *gone;
}

Result<std::int64_t> SqlAuditLog::drop_before(WallTime time) {
  const auto last = last_before(database_, time);
  if (!last) return fail(last);
  if (*last == 0) return 0;
  const auto verdict = AuditCheck(database_, key_).run(0, *last);
  if (!verdict) return fail(verdict);
  if (verdict->broken) {
    return fail(ErrorKind::Corrupt, fmt::format("row {} of the audit log does not verify: {}",
                                                verdict->broken->seq, verdict->broken->reason));
  }
  return in_transaction<std::int64_t>(database_,
                                      [&](sql::Session& session) { return drop_through(session, *last); });
}

}  // namespace picket::authd
