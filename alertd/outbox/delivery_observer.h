// Who hears that a message of the outbox has ended: delivered, refused, expired.
#pragma once

#include "alertd/outbox/delivery.h"
#include "base/sql/database.h"

namespace picket::alertd {

class DeliveryObserver {
 public:
  virtual ~DeliveryObserver() = default;
  /// Within the transaction that ends it. `told`: the peer accepted it, or may have.
  virtual Result<void> store_end(sql::Session& session, const Delivery& delivery, bool told) = 0;
  /// After that transaction. Short; on a thread of the deliveries.
  virtual void ended(const Delivery& delivery, bool told) = 0;
};

}  // namespace picket::alertd
