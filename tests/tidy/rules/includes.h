// Who may include whom: the arrows of docs/architecture.md and docs/decisions/0001, and which folders may see
// which library.
#pragma once

#include "tests/tidy/rules/source_file.h"

namespace picket::tidy {

/// Arrows between folders, checked on every `#include "..."`.
std::vector<Finding> check_arrows(const SourceFile& file);
/// Every folder with sources has its row in the table.
std::vector<Finding> check_rows(const SourceTree& tree);
/// Libraries that one folder wraps for the others.
std::vector<Finding> check_libraries(const SourceFile& file);
/// `#include "..."` is written from the top of the checkout, and the file is there.
std::vector<Finding> check_include_paths(const SourceFile& file, const SourceTree& tree);

}  // namespace picket::tidy
