// What came of handing a message to somebody who delivers it. Shared by email and SMS, and by alertd's
// notifiers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/text/duration.h"

namespace picket {

enum class DeliveryOutcome {
  Delivered,  ///< accepted by the provider
  Retry,      ///< may work later: no connection, 5xx, 429, SMTP 4yz
  Permanent,  ///< will not work as it is: SMTP 5yz, most 4xx, bad number
};
std::string_view to_string(DeliveryOutcome outcome);

struct DeliveryResult {
  DeliveryOutcome outcome = DeliveryOutcome::Retry;
  int code = 0;                         ///< HTTP status or SMTP reply code; 0 when there was no answer
  std::string detail;                   ///< for a person: the reply, or what went wrong; no secret
  std::string provider_id;              ///< the provider's name for the message, or ""
  std::optional<Duration> retry_after;  ///< what the provider asked for
  /// The peer may have accepted although no answer came (the connection broke after the message was sent).
  bool maybe_delivered = false;
  Duration latency{};
};

/// The outcome that an HTTP status and its headers stand for (RFC 9110; Retry-After in seconds or as a date).
DeliveryOutcome outcome_of_status(int status);

}  // namespace picket
