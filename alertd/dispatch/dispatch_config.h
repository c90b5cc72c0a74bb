// What the dispatcher follows: the part of a configuration that decides who is told what. Immutable; swapped
// whole at reload.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "alertd/inhibition/inhibition.h"
#include "alertd/notify/notifier.h"
#include "alertd/routing/route_tree.h"

namespace picket::alertd {

struct DispatchConfig {
  RouteTree tree;
  std::vector<NamedInterval> intervals;
  std::vector<InhibitRule> inhibit_rules;
  std::map<std::string, std::vector<Integration>> receivers;
  std::string external_url;
  std::string graph_url;  ///< of the metrics engine: an alert's generator URL leads there
};

}  // namespace picket::alertd
