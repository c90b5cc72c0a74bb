// What came of handing a message to somebody who delivers it. Shared by email and SMS, and by alertd's
// notifiers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  int code = 0;                              ///< HTTP status or SMTP reply code; 0 when there was no answer
  std::string detail = {};                   ///< for a person: the reply, or what went wrong; no secret
  std::string provider_id = {};              ///< the provider's name for the message, or ""
  std::optional<Duration> retry_after = {};  ///< what the provider asked for
  /// The peer may have accepted although no answer came (the connection broke after the message was sent).
  bool maybe_delivered = false;
  /// Delivered, but not to these: the server refused them for now (SMTP 4yz). Send to them alone, later.
  std::vector<std::string> deferred;
  Duration latency{};
};

/// The outcome that an HTTP status stands for (RFC 9110): 2xx, then 408, 425, 429 and 5xx, then the rest.
DeliveryOutcome outcome_of_status(int status);

}  // namespace picket
