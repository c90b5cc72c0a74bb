// Functions that no program reaches: they are compiled and tested, and never run. Looked for in the programs
// as they were linked (see reach.h), so it sees through virtual calls, tables and callbacks.
#pragma once

#include <string>
#include <vector>

#include "tests/tidy/rules/source_file.h"

namespace picket::tidy {

struct Build {
  std::vector<std::string> programs;  ///< paths
  std::vector<std::string> archives;  ///< of all product code
};

/// Functions of the archives, and those that headers define, which no program reaches and which are not named
/// with a reason; and names with a reason that are reached or gone.
std::vector<Finding> check_dead_code(const SourceTree& tree, const Build& build);

}  // namespace picket::tidy
