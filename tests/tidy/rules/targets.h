// Every source is built and every test is run: what the CMakeLists say against what lies in the folders.
#pragma once

#include "tests/tidy/rules/source_file.h"

namespace picket::tidy {

/// Each .cc is in a folder whose CMakeLists.txt builds it.
std::vector<Finding> check_targets(const SourceTree& tree);
/// Each folder with a CMakeLists.txt is named in that of the folder above.
std::vector<Finding> check_registration(const SourceTree& tree);
/// Each *_test.cc holds a test.
std::vector<Finding> check_tests_hold_tests(const SourceFile& file);

}  // namespace picket::tidy
