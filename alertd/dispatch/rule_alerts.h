// What an evaluated group brings the dispatcher: alerts, and rule states to be stored with them.
#pragma once

#include <string>
#include <vector>

#include "alertd/alerts/alert.h"
#include "alertd/rules/alert_sink.h"
#include "base/sql/database.h"

namespace picket::alertd {

/// Whether there is anything to store or to tell.
bool has_changes(const GroupResult& result);
/// What is due for sending; generator URLs lead to `graph_url`.
std::vector<Alert> alerts_of(const GroupResult& result, const std::string& graph_url);
Result<void> write_rule(sql::Session& session, const RuleResult& rule);

}  // namespace picket::alertd
