// Where evaluated groups go. The daemon's sink writes rule states, alerts and outbox in one transaction.
#pragma once

#include <memory>
#include <vector>

#include "alertd/rules/evaluate.h"
#include "alertd/rules/rule_group.h"
#include "alertd/rules/stored_rule.h"

namespace picket::alertd {

struct RuleResult {
  const AlertingRule* rule = nullptr;  ///< valid as long as the group; null when the rule was removed
  StoredAs as;
  RuleTransition transition;
};

struct GroupResult {
  std::shared_ptr<const RuleGroup> group;
  Timestamp time{};
  std::vector<RuleResult> rules;
};

class AlertSink {
 public:
  virtual ~AlertSink() = default;
  /// Takes the result whole or not at all: on an error the same changes come again with the group's next
  /// evaluation. Called on workers, at most one call per group at a time; may block.
  virtual Result<void> apply(const GroupResult& result) = 0;
};

}  // namespace picket::alertd
