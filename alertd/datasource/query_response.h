// The JSON of Prometheus' /api/v1/query as a Vector. Read as a stream of events: nothing but the samples is
// kept.
#pragma once

#include <string_view>

#include "alertd/series/query_engine.h"
#include "base/result/result.h"

namespace picket::alertd {

/// An answer that may lack series says so in `partial`: a warning that is not of PromQL, VictoriaMetrics'
/// `isPartial`, an error beside success, no result. Errors: what the server says in "error" with the kind of
/// its "errorType"; Corrupt when it is no such answer.
Result<Vector> parse_query_response(std::string_view body);

}  // namespace picket::alertd
