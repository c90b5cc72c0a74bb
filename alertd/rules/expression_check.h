// What can be said of a PromQL expression without parsing it: that it is there and that quotes and brackets
// close. The data source says the rest at the first evaluation.
#pragma once

#include <string>
#include <string_view>

namespace picket::alertd {

/// "" when nothing is wrong.
std::string check_expression(std::string_view expr);

/// A metric name of the classic alphabet, colons allowed.
bool is_classic_metric_name(std::string_view name);

}  // namespace picket::alertd
