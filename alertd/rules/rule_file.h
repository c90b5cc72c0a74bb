// The shape of a rule file, read by the configuration reader. Used by rule_loader.cc alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alertd/rules/alerting_rule.h"
#include "alertd/rules/recording_rule.h"
#include "base/config/reader.h"

namespace picket::alertd {

struct RuleFileGroup {
  std::string name;
  Position position;
  std::optional<Duration> interval;
  std::optional<Duration> query_offset;
  std::int64_t limit = 0;
  std::vector<AlertingRule> rules;  ///< without identities
  std::vector<RecordingRule> recording_rules;
};

void read_yaml(MapReader& r, RuleFileGroup& group);

struct RuleFile {
  std::vector<RuleFileGroup> groups;
};
void read_yaml(MapReader& r, RuleFile& f);

}  // namespace picket::alertd
