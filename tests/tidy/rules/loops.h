// Loops over a part of a temporary: until C++23 `for (x : f().value())` looks into what f() answered after it
// is gone.
#pragma once

#include "tests/tidy/rules/source_file.h"

namespace picket::tidy {

std::vector<Finding> check_loops(const SourceFile& file);

}  // namespace picket::tidy
