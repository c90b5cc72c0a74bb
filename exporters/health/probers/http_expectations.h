// JSON expectations of the http prober.
#pragma once

#include <string_view>
#include <vector>

#include "exporters/health/probers/http_prober.h"

namespace picket::health {

/// Fails `result` (content) with the first expectation that does not hold.
void judge_json(const std::vector<JsonExpectation>& expectations, std::string_view body, ProbeResult& result);

}  // namespace picket::health
