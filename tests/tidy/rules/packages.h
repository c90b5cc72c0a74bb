// Programs that tests take from Debian, against what ./picket installs for them.
#pragma once

#include "tests/tidy/rules/source_file.h"

namespace picket::tidy {

/// Each package that a find_program() names is in TEST_PACKAGES of tools/packages.sh, or below tests/bench in BENCH_PACKAGES,
/// unless every Debian has it.
std::vector<Finding> check_packages(const SourceTree& tree);

}  // namespace picket::tidy
