// Unit tests, for `promtool test rules`, of the rules that are made of objectives: each alert fires above its
// limit and not below, an idle service has no errors, few events tell nobody, a signal that goes away is
// told, and alerts end when the errors do. They begin at slo:sli_total:rate5m and slo:sli_errors:rate5m.
// Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tools/slo/objective.h"

namespace picket::slo {

/// `rule_files` as the tests name them, relative to where they are. The objectives are not none.
std::string rule_tests(std::span<const Objective> objectives, const std::vector<std::string>& rule_files);

}  // namespace picket::slo
