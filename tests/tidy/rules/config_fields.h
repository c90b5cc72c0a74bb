// Fields that hold what a file configures, and that nothing but the reader of the file looks at: a key that is
// documented, accepted and does nothing.
#pragma once

#include "tests/tidy/rules/source_file.h"

namespace picket::tidy {

/// Of structs in headers that are named ...Config or that a read_yaml() fills. A field counts as read when `.field`
/// or `->field` stands in a function that reads no file, and not only to be set, or when a function beside the
/// struct names it. A field of another struct with the same name hides it.
std::vector<Finding> check_config_fields(const SourceTree& tree);

}  // namespace picket::tidy
