// Groups in the shape of Alertmanager's API v2, deliveries in ours.
#pragma once

#include <string>
#include <vector>

#include "alertd/dispatch/dispatcher.h"
#include "alertd/outbox/delivery.h"

namespace picket::alertd {

std::string groups_json(const std::vector<Dispatcher::GroupStatus>& groups);
std::string deliveries_json(const std::vector<Delivery>& deliveries);
std::string delivery_json(const Delivery& delivery, const std::vector<Attempt>& attempts);

}  // namespace picket::alertd
