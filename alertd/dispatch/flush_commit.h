// What a flush leads to, in the database: messages, what their targets will know, the group's timer. One
// transaction; in memory nothing changes before it is committed.
#pragma once

#include "alertd/dispatch/flush.h"
#include "alertd/outbox/outbox.h"

namespace picket::alertd {

/// A flush that is to be stored.
struct PreparedFlush {
  FlushInput input;
  FlushOutput output;           ///< gets the ids of its messages
  std::vector<Alert> homeless;  ///< of output.ended: what no group holds once this is stored
  Timestamp next_flush{};
};

/// Conflict when a message that waited has ended meanwhile: look again, decide again.
Result<void> store_flush(sql::Session& session, Outbox& outbox, PreparedFlush& prepared);
/// The group is no more: its alerts go another way. What still waits of it is superseded by what they are
/// told there.
Result<void> remove_rerouted(sql::Session& session, Outbox& outbox, const std::string& group_key);

}  // namespace picket::alertd
