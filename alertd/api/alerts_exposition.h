// GET /alerts/metrics: the series ALERTS and ALERTS_FOR_STATE of Prometheus' rules, for boards and recording
// rules. To be scraped with honor_labels: an alert without a `job` or an `instance` shows the empty label, as
// /federate does, so that it does not get those of the target.
// Source of the shapes: Prometheus rules/alerting.go.
#pragma once

#include <vector>

#include "alertd/rules/rule_scheduler.h"
#include "base/http/message.h"

namespace picket::alertd {

/// Pending and firing alerts. Labels whose names the text format does not have are left out, and so is an
/// alert that is then the same as another one.
Response alerts_exposition(const std::vector<GroupStatus>& groups, const Request& request);

}  // namespace picket::alertd
