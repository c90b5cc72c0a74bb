// Rules on the text itself: headers open with what they are, and nothing is left lying about in any file.
#pragma once

#include "tests/tidy/rules/source_file.h"

namespace picket::tidy {

/// A comment of 1 to 8 lines first, then `#pragma once`.
std::vector<Finding> check_header_opening(const SourceFile& file);
/// Reminders, tests that are switched off, merge marks.
std::vector<Finding> check_leftovers(const SourceFile& file);
/// Paths of the machine that someone happened to work on.
std::vector<Finding> check_machine_paths(const SourceFile& file);
/// Trailing blanks, carriage returns, no newline at the end. Golden files are as their peers write them.
std::vector<Finding> check_whitespace(const SourceFile& file);

}  // namespace picket::tidy
