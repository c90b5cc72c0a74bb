// One alerting rule as its file says it. Immutable after load.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "alertd/templates/template.h"
#include "base/config/problems.h"
#include "base/text/duration.h"

namespace picket::alertd {

struct NamedTemplate {
  std::string name;
  Template value;
};

struct AlertingRule {
  std::string name;  ///< the alert's name
  std::string expr;
  Duration hold{};  ///< `for`
  Duration keep_firing_for{};
  std::vector<NamedTemplate> labels;       ///< the group's labels included, sorted by name
  std::vector<NamedTemplate> annotations;  ///< sorted by name
  Position position;
  /// "group;alert{labels}": what the rule is known by, whatever becomes of its file, expression and the rest.
  /// Several rules may have the same: see rule_takeover.h.
  std::string identity;
  /// Its key in the database of earlier versions: "file;group;alert{labels}#n".
  std::string former_key;
};

}  // namespace picket::alertd
