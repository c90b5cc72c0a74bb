// What a person should look at first when a check is not operational: the check's own text, or one for the
// reason of its failure.
#pragma once

#include <string>

#include "exporters/health/engine/check_status.h"

namespace picket::health {

/// Of a failure for that reason; none: of a service that is slow, or has something to look at.
std::string recommendation_on(const CheckConfig& config, FailureReason reason);
/// Of a service whose state changes too often.
std::string recommendation_on_flapping(const CheckConfig& config);
/// "" when there is nothing to look at.
std::string recommendation_for(const CheckStatus& check);

}  // namespace picket::health
