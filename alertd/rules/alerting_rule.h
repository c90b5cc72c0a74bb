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
  /// Names the rule's state: "file;group;alert{labels}#n". Stays when expr, for or annotations change.
  std::string key;
};

}  // namespace picket::alertd
