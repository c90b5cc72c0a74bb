#include "base/deliver/delivery.h"

namespace picket {

std::string_view to_string(DeliveryOutcome outcome) {
  switch (outcome) {
    case DeliveryOutcome::Delivered:
      return "delivered";
    case DeliveryOutcome::Retry:
      return "retry";
    case DeliveryOutcome::Permanent:
      return "permanent";
  }
  return "retry";
}

DeliveryOutcome outcome_of_status(int status) {
  if (status >= 200 && status < 300) return DeliveryOutcome::Delivered;
  const bool passing = status == 408 || status == 425 || status == 429 || status >= 500;
  return passing ? DeliveryOutcome::Retry : DeliveryOutcome::Permanent;
}

}  // namespace picket
