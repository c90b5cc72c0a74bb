// Templates as values of a configuration file: compiled where they are read, errors at their own line.
#pragma once

#include <optional>

#include "alertd/templates/template.h"
#include "base/config/reader.h"

namespace picket::alertd {

/// False, and reported, when the value is no text or no template.
bool read_template(const ValueReader& value, const TemplateOptions& options, std::optional<Template>& out);

}  // namespace picket::alertd
