// Rules and alerts in the shapes of Prometheus' API v1, groups in that of Alertmanager's v2, deliveries in
// ours.
#pragma once

#include <string>
#include <vector>

#include "alertd/dispatch/dispatcher.h"
#include "alertd/outbox/delivery.h"
#include "alertd/rules/rule_scheduler.h"

namespace picket::alertd {

std::string rules_json(const std::vector<GroupStatus>& groups);
std::string alerts_json(const std::vector<GroupStatus>& groups);
std::string groups_json(const std::vector<Dispatcher::GroupStatus>& groups);
std::string deliveries_json(const std::vector<Delivery>& deliveries);
std::string delivery_json(const Delivery& delivery, const std::vector<Attempt>& attempts);

}  // namespace picket::alertd
