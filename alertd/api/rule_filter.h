// Which rules a request to /api/v1/rules or /api/v1/alerts asks for. Source: prometheus docs, "HTTP API",
// "Rules" (version 3).
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "alertd/rules/rule_group.h"
#include "alertd/series/matcher.h"
#include "base/http/message.h"

namespace picket::alertd {

struct RuleFilter {
  bool alerting = true, recording = true;  ///< type=alert|record
  bool exclude_alerts = false;
  std::set<std::string> names, groups, files;  ///< rule_name[], rule_group[], file[]; empty: all
  std::vector<Matchers> matchers;              ///< match[]: one of them must match; empty: all
  std::int64_t group_limit = 0;                ///< groups of a page; 0: no pages
  std::string group_next_token;                ///< where the page begins; "": the first

  bool has_group(const RuleGroup& group) const;
  /// The labels are those of the rule as its file says it: a template is not expanded.
  bool has_rule(const AlertingRule& rule) const;
  bool has_rule(const RecordingRule& rule) const;
};

/// InvalidInput in Prometheus' words.
Result<RuleFilter> parse_rule_filter(const Target& target);

/// Names a group to group_next_token.
std::string group_token(const RuleGroup& group);

}  // namespace picket::alertd
