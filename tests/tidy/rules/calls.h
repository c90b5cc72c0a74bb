// Calls and keywords that the house does without, and where each is allowed.
#pragma once

#include "tests/tidy/rules/source_file.h"

namespace picket::tidy {

std::vector<Finding> check_calls(const SourceFile& file);

}  // namespace picket::tidy
