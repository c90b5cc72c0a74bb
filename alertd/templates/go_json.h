// encoding/json's Marshal: sorted keys, < > & as \u003c \u003e \u0026.
#pragma once

#include <string>

#include "alertd/templates/value.h"

namespace picket::alertd {

std::string to_go_json(const Value& value);

}  // namespace picket::alertd
