// Builds the tree of a template from its text. Used by template.cc alone.
#pragma once

#include "alertd/templates/template.h"
#include "alertd/templates/tree.h"

namespace picket::alertd {

/// Adds the definitions of `source` to `tree` and sets its main text. With `check_calls` a {{ template }} of
/// an unknown name is an error.
Result<void> parse_template(const TemplateSource& source, const FunctionTable& functions, bool check_calls,
                            TemplateTree& tree);

}  // namespace picket::alertd
