// What a flush leads to, in the database: messages, what their targets will know, the group's timer. One
// transaction; in memory nothing changes before it is committed.
#pragma once

#include "alertd/dispatch/flush.h"
#include "alertd/outbox/outbox.h"

namespace picket::alertd {

struct FlushCommit {
  const FlushInput& input;
  FlushOutput& output;  ///< gets the ids of its messages
  /// Of output.ended: what no other group holds.
  const std::vector<Alert>& homeless;
  Timestamp next_flush;
};

/// Conflict when a message that waited has ended meanwhile: look again, decide again.
Result<void> commit_flush(sql::Session& session, Outbox& outbox, const FlushCommit& commit);

}  // namespace picket::alertd
