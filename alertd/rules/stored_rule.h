// A rule's state with what the database knows it by. The key is opaque: it is given once and kept for as long
// as the rule is found again, so that nothing has to be renamed when rules move.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "alertd/rules/rule_state.h"

namespace picket::alertd {

struct StoredAs {
  std::string key = {};
  std::string identity = {};  ///< AlertingRule::identity; "" when an earlier version wrote the state
  std::string expr = {};
  std::int64_t ordinal = 0;  ///< among rules of the same identity, in the order of their files
};

struct StoredRule {
  StoredAs as;
  RuleState state;
};

/// The key itself, or its beginning and a digest: keys are indexed, and databases want them short.
std::string short_rule_key(const std::string& key);

using StoredRules = std::map<std::string, StoredRule>;  ///< by key

}  // namespace picket::alertd
