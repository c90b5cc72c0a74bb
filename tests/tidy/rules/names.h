// Words that name nothing: banned in the names of files, folders, types and namespaces.
#pragma once

#include "tests/tidy/rules/source_file.h"

namespace picket::tidy {

std::vector<Finding> check_path_words(const SourceFile& file);
std::vector<Finding> check_type_words(const SourceFile& file);

}  // namespace picket::tidy
