// One recording rule as its file says it. alertd evaluates none, because it has no place to put series: they
// are kept to be named to whoever expects them. Immutable after load.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/config/problems.h"

namespace picket::alertd {

/// Why the health of a recording rule is unknown; its last error in /api/v1/rules.
inline constexpr std::string_view kRecordingRuleError =
    "not evaluated: alertd records no series, leave this rule to Prometheus";

struct RecordingRule {
  std::string name;  ///< of the series
  std::string expr;
  std::map<std::string, std::string> labels;  ///< the group's labels included; no templates
  std::size_t alerting_rules_before = 0;      ///< its place among RuleGroup::rules
  Position position;
};

}  // namespace picket::alertd
