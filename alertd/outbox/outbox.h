// The durable outbox and the ledger of every try. A message is in it from the transaction that caused it
// until it is delivered, refused, superseded or expired; nothing is deleted before its retention. Safe from
// any thread; every change is one conditional statement.
//
// Order: messages of one lane (integration, target, group) go out in the order in which they were put in.
// Delivery is at least once: a try that was cut off between the peer's acceptance and our record of it is
// repeated, with the same id.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alertd/outbox/delivery.h"
#include "alertd/outbox/delivery_id.h"
#include "alertd/outbox/delivery_observer.h"
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

  /// Ends a message that waits because another takes its place. Answers whether the peer may have accepted
  /// it; Conflict when it has ended already.
  Result<bool> supersede(sql::Session& session, const std::string& id);

  /// The same for all that waits of a group.
  Result<void> supersede_group(sql::Session& session, const std::string& stored_group_key);

  /// Which messages of an integration to take.
  struct Wanted {
    std::string integration_id;
    int limit = 1;
    /// Also before their next try is due (but never before what the peer asked for): to see whether a peer
    /// that was down is back. What was never tried comes first: what always fails shows nothing.
    bool probe = false;
  };
  /// Takes messages that are due and first of their lane, marks them as `worker`'s until `lease` has passed,
  /// and writes the attempt's row with outcome "started". Answers an error only when it has taken none.
  Result<std::vector<Delivery>> claim(const std::string& worker, const Wanted& wanted, Duration lease);
  /// Claims `worker` still holds last for `lease` from now on. Others are left as they are.
  Result<void> renew(const std::string& worker, const std::vector<std::string>& ids, Duration lease);
  /// Gives back a message that `worker` has claimed and not begun to deliver.
  Result<void> release(const std::string& worker, const Delivery& delivery);
  /// Frees what other workers had claimed: for a start with a database that nobody else uses. Answers how
  /// many.
  Result<std::int64_t> release_claims();

  struct Verdict {
    DeliveryState state = DeliveryState::Pending;
    WallTime next_try_at{};  ///< when Pending
    WallTime not_before{};   ///< when Pending: what the peer asked for
  };
  /// Ends the running attempt of `delivery`, which `worker` has claimed, and moves the message on; tells
  /// `observer` when it has ended. Answers the state it is in now: a message that was superseded during the
  /// try stays so, unless the peer has taken it. Conflict when the claim is another's by now: then the
  /// attempt alone is recorded.
  Result<DeliveryState> record(const std::string& worker, const Delivery& delivery,
                               const DeliveryResult& result, const Verdict& verdict,
                               DeliveryObserver& observer);
  /// The peer is back: what waits for a later try is due now, but for what the peer asked. What it answered
  /// with a failure of its own (500, 450) waits on: the message may be at fault. 421, 429, 502, 503 and 504
  /// say that the peer was away or busy.
  Result<void> make_due(const std::string& integration_id);
  /// The wall clock was stepped by `difference`: what waits, waits as long as it would have.
  Result<void> shift(sql::Session& session, Duration difference);
  /// At a start: no message waits longer than `longest` from now, whatever the clock was when it was put off.
  Result<void> rebase(Duration longest);

  /// Newest first, without their payloads.
  Result<std::vector<Delivery>> list(const DeliveryFilter& filter);
  Result<std::optional<Delivery>> find(const std::string& id);
  Result<std::vector<Attempt>> attempts(const std::string& id);  ///< in order

  /// What waits for an integration.
  struct Depth {
    std::string integration_id;
    std::int64_t pending = 0;
    WallTime oldest{};      ///< creation of the oldest pending message
    WallTime next_try{};    ///< the earliest
    WallTime not_before{};  ///< the latest that the peer has asked for
  };
  Result<std::vector<Depth>> depths();
  /// Deletes finished messages that ended before `before`, with their attempts: the oldest 1,000, so that
  /// nobody waits long. Answers how many; 0 when none is left.
  Result<std::int64_t> prune(WallTime before);
  /// Empties the payloads of messages that ended before `before`, likewise.
  Result<std::int64_t> drop_payloads(WallTime before);

 private:
  Result<bool> take(const std::string& worker, const Delivery& delivery, Duration lease);
  static Result<void> end_attempt(sql::Session& session, const Delivery& delivery,
                                  const DeliveryResult& result);
  Result<std::optional<DeliveryState>> end_claim(sql::Session& session, const std::string& worker,
                                                 const Delivery& delivery, const DeliveryResult& result,
                                                 const Verdict& verdict);

  sql::Database& database_;
  DeliveryIds& ids_;
  const Clock& clock_;
};

}  // namespace picket::alertd
