// Which rule goes on with which stored state, at start and at each reload. A rule is known by its identity;
// of several with the same one each takes the state of its own expression, then of its own place among them,
// then what is left.
#pragma once

#include <vector>

#include "alertd/rules/rule_group.h"
#include "alertd/rules/stored_rule.h"

namespace picket::alertd {

/// One per rule, in the order of groups and rules. What is taken over leaves `stored`; what stays there
/// belongs to rules that are no more. A rule that finds nothing has an empty state under a key that nobody
/// uses. States of earlier versions (without identity) are found by AlertingRule::former_key, whatever the
/// file is called by now.
std::vector<StoredRule> take_over(const RuleGroups& groups, StoredRules& stored);

}  // namespace picket::alertd
