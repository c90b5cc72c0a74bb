// What the documents promise against what the code and the rules hold.
#pragma once

#include "tests/tidy/rules/source_file.h"

namespace picket::tidy {

/// Every metric that code names is in docs/metrics.md: those, too, that tests/documents cannot see in a running
/// daemon because a rare event must come first.
std::vector<Finding> check_metrics_documented(const SourceTree& tree);
/// Every alert of rules/*.yml has its runbook and names it, and every runbook its alert.
std::vector<Finding> check_runbooks(const SourceTree& tree);

}  // namespace picket::tidy
