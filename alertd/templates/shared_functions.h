// Functions that Prometheus' and Alertmanager's tables have in common. Used by those two tables alone.
#pragma once

#include "alertd/templates/arguments.h"

namespace picket::alertd {

/// match, reReplaceAll, toUpper, toLower, safeHtml, humanizeDuration.
void add_shared_functions(FunctionTable& table);

/// Upper-case first letters of words; with `lower_rest` the other letters become lower case.
std::string title_case(std::string_view text, bool lower_rest);

}  // namespace picket::alertd
