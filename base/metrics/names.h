// Which names metrics and labels may have. For those who take names from a configuration: the writers abort
// on a wrong one. Source: Prometheus data model (classic names).
#pragma once

#include <string_view>

namespace picket {

/// [a-zA-Z_:][a-zA-Z0-9_:]*
bool is_metric_name(std::string_view name);
/// [a-zA-Z_][a-zA-Z0-9_]*, not starting with two underscores (those are Prometheus' own).
bool is_label_name(std::string_view name);

}  // namespace picket
