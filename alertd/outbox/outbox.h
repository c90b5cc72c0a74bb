// The durable outbox and the ledger of every try. A message is in it from the transaction that caused it
// until it is delivered, refused or expired; nothing is deleted before its retention. Safe from any thread;
// every change is one conditional statement.
//
// Order: messages of one lane (receiver, integration, target, group) go out in the order in which they were
// put in. Delivery is at least once: a try that was cut off between the peer's acceptance and our record of
// it is repeated, with the same id.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alertd/outbox/delivery.h"
#include "alertd/outbox/delivery_id.h"
#include "base/sql/database.h"

namespace picket::alertd {

class Outbox {
 public:
  static std::span<const sql::Migration> migrations();  ///< component "outbox"

  /// `database` must outlive the outbox and be migrated.
  Outbox(sql::Database& database, DeliveryIds& ids, const Clock& clock)
      : database_(database), ids_(ids), clock_(clock) {}

  /// Puts a message in, within the caller's transaction. Answers its id.
  Result<std::string> put(sql::Session& session, const NewDelivery& delivery);

  /// Takes up to `limit` messages that are due and first of their lane, marks them as `worker`'s until
  /// `lease` has passed, and writes the attempt's row with outcome "started".
  Result<std::vector<Delivery>> claim(const std::string& worker, int limit, Duration lease);
  /// Frees what other workers had claimed: for a start with a database that nobody else uses. Answers how
  /// many.
  Result<std::int64_t> release_claims();

  struct Verdict {
    DeliveryState state = DeliveryState::Pending;
    WallTime next_try_at{};  ///< when Pending
  };
  /// Ends the running attempt of `delivery` and moves the message on.
  Result<void> record(const Delivery& delivery, const DeliveryResult& result, const Verdict& verdict);

  Result<std::vector<Delivery>> list(const DeliveryFilter& filter);  ///< newest first
  Result<std::optional<Delivery>> find(const std::string& id);
  Result<std::vector<Attempt>> attempts(const std::string& id);  ///< in order

  struct Depth {
    std::int64_t pending = 0;
    std::optional<WallTime> oldest;  ///< creation of the oldest pending message
  };
  Result<Depth> depth();
  /// Moment at which the next message is due; none when nothing waits.
  Result<std::optional<WallTime>> next_due();
  /// Deletes finished messages that ended before `before`, with their attempts. Answers how many.
  Result<std::int64_t> prune(WallTime before);

 private:
  sql::Database& database_;
  DeliveryIds& ids_;
  const Clock& clock_;
};

}  // namespace picket::alertd
