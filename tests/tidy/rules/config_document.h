// The keys that daemons read from their files against what users can read of them: docs/configuration.md and
// the shipped examples.
#pragma once

#include "tests/tidy/rules/source_file.h"

namespace picket::tidy {

/// Every key that product code reads by its name stands in the document, or in an example.
std::vector<Finding> check_keys_documented(const SourceTree& tree);

}  // namespace picket::tidy
