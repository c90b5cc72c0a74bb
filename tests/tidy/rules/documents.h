// What the documents promise against what the code and the rules hold.
#pragma once

#include "tests/tidy/rules/source_file.h"

namespace picket::tidy {

/// Every metric that code names is in docs/metrics.md.
std::vector<Finding> check_metrics_documented(const SourceTree& tree);
/// Every metric of docs/metrics.md is named by code.
std::vector<Finding> check_metrics_exist(const SourceTree& tree);
/// Every alert of rules/*.yml has its runbook and names it, and every runbook its alert.
std::vector<Finding> check_runbooks(const SourceTree& tree);

}  // namespace picket::tidy
