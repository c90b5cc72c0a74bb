// Reads rule files in Prometheus' format. Every problem is reported with file:line:col, several at once.
#pragma once

#include <string>
#include <vector>

#include "alertd/rules/rule_group.h"
#include "base/files/files.h"
#include "base/result/result.h"

namespace picket::alertd {

struct RuleDefaults {
  Duration interval = std::chrono::minutes(1);  ///< global.evaluation_interval
  Duration query_offset{};                      ///< global.rule_query_offset
};

struct LoadedRules {
  RuleGroups groups;
  std::vector<std::string> files;
};

/// `patterns` are paths or globs, relative to the folder of `config_file`. A pattern without a wildcard must
/// match.
Result<LoadedRules> load_rules(const std::vector<std::string>& patterns, const std::string& config_file,
                               const RuleDefaults& defaults, const Files& files);
/// One file that is already read. `file` is its name in problems and keys.
Result<LoadedRules> parse_rules(std::string_view text, const std::string& file, const RuleDefaults& defaults,
                                const Files& files);

}  // namespace picket::alertd
