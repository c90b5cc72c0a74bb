// A group of rules that are evaluated one after the other at the same moment. Immutable after load.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "alertd/rules/alerting_rule.h"
#include "alertd/rules/recording_rule.h"

namespace picket::alertd {

struct RuleGroup {
  std::string name;
  std::string file;  ///< as opened
  std::string key;   ///< "file;name", the file relative to the config file's folder
  Duration interval = std::chrono::minutes(1);
  Duration query_offset{};
  std::int64_t limit = 0;  ///< most alerts of one rule; 0 is no limit
  std::vector<AlertingRule> rules;
  std::vector<RecordingRule> recording_rules;  ///< not evaluated

  /// "file;name", as the rule_group label of Prometheus' metrics.
  std::string label() const { return file + ";" + name; }
};

using RuleGroups = std::vector<std::shared_ptr<const RuleGroup>>;

}  // namespace picket::alertd
