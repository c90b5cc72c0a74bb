// alertd's HTTP API. Prometheus' shapes for rules and alerts (Grafana reads them), Alertmanager's for groups,
// our own for deliveries:
//   GET /api/v1/rules  /api/v1/alerts  /api/v1/status/buildinfo  /api/v2/alerts/groups
//   GET /api/v1/deliveries?state=&receiver=&group=&before=&limit=   GET /api/v1/deliveries/{id}   (with every
//   attempt)
//   GET /alerts/metrics   (ALERTS and ALERTS_FOR_STATE, for Prometheus to scrape)
// The query API is in query_forward.h.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "alertd/dispatch/dispatcher.h"
#include "alertd/outbox/outbox.h"
#include "alertd/rules/rule_scheduler.h"
#include "base/http/router.h"

namespace picket::alertd {

/// What the API shows; asked at each request, from any thread. A function that has nothing yet answers empty.
struct ApiSources {
  std::function<std::vector<GroupStatus>()> rules;
  std::function<std::vector<Dispatcher::GroupStatus>()> groups;
  std::function<std::shared_ptr<Outbox>()> outbox;  ///< null while the database is not open
};

void add_api(Router& router, ApiSources sources);

}  // namespace picket::alertd
