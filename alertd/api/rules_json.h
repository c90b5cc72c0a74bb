// Rules and alerts in the shapes of Prometheus' API v1.
#pragma once

#include <vector>

#include "alertd/api/rule_filter.h"
#include "alertd/rules/rule_scheduler.h"
#include "base/http/message.h"

namespace picket::alertd {

/// Sorted by file and name. 400 for a group_next_token that names no group.
Response rules_answer(std::vector<GroupStatus> groups, const RuleFilter& filter);
Response alerts_answer(const std::vector<GroupStatus>& groups, const RuleFilter& filter);

}  // namespace picket::alertd
