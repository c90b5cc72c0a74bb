// docs/security.md against the tests: a promise whose test is gone, or that never had one, is no promise.
#pragma once

#include "tests/tidy/rules/source_file.h"

namespace picket::tidy {

/// Every `Suite.Name` of docs/security.md is a test below tests/.
std::vector<Finding> check_named_tests(const SourceTree& tree);
/// The rows of its tables count from 1 without a gap, and each names a test or says "not tested:" and why.
std::vector<Finding> check_promises(const SourceTree& tree);

}  // namespace picket::tidy
