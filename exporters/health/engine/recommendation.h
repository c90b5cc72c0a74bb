// What a person should look at first when a check is not operational: the check's own text, or one for the
// reason of its failure.
#pragma once

#include <string>

#include "exporters/health/engine/check_status.h"

namespace picket::health {

/// "" when there is nothing to look at.
std::string recommendation_for(const CheckStatus& check);

}  // namespace picket::health
