// One message on its way to one target, and every try to deliver it. Rows of the outbox; times are on the
// wall clock.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/deliver/delivery.h"
#include "base/time/clock.h"

namespace picket::alertd {

/// Pending until the peer accepted it (Delivered), refused it for good (Failed), it grew too old (Expired) or
/// a message that says more took its place (Superseded).
enum class DeliveryState { Pending, Delivered, Failed, Expired, Superseded };
std::string_view to_string(DeliveryState state);

/// What is put into the outbox. The payload is rendered once, so that every try sends the same bytes under
/// the same id.
struct NewDelivery {
  std::string receiver;          ///< name in alertd.yml
  std::string integration;       ///< "email[0]": kind and position in the receiver
  std::string target;            ///< for people: an address or a number; never a secret URL
  std::string group_key;         ///< as peers know it
  std::string status;            ///< "firing" or "resolved"
  std::string summary;           ///< one line for lists
  std::string payload;           ///< what Notifier::deliver understands; "" once payload_retention has passed
  std::string integration_id;    ///< Integration::id: its notifier is found by it
  std::string stored_group_key;  ///< one lane of messages for each group and target
  std::string supersedes;        ///< id of the message whose place it takes, or ""
};

struct Delivery : NewDelivery {
  std::string id;  ///< sorts by time of creation; also the idempotency key
  DeliveryState state = DeliveryState::Pending;
  int attempts = 0;
  WallTime created_at{}, next_try_at{}, finished_at{};
  WallTime waiting_since{};  ///< created_at on today's clock: moved with the clock's steps
  std::string last_detail;
};

struct Attempt {
  int number = 0;
  WallTime started_at{};
  /// "started" while it runs, or when the daemon died during it: then the peer may have accepted.
  std::string outcome;
  int code = 0;
  std::string detail, provider_id;
  std::int64_t latency_ms = 0;
  bool maybe_delivered = false;
};

struct DeliveryFilter {
  std::string state, receiver, group_key;  ///< "" is any
  std::string before_id;                   ///< for paging: only older ones
  int limit = 100;
};

}  // namespace picket::alertd
