// What an objective's file says of its events, as PromQL that counts them per second over five minutes. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket::slo {

/// `text` is a counter (`http_requests_total{job="shop"}`) or an expression over [5m], or over Sloth's
/// [{{.window}}]. The answer is one series: a sum. InvalidInput on another window, on none, on a comment, and
/// on quotes or brackets that do not close.
Result<std::string> events_per_second(std::string_view text);

/// Whether `text` names series: `up`, `up{job="shop"}`.
bool is_series(std::string_view text);
/// Whether `text` is a metric name.
bool is_metric_name(std::string_view text);

}  // namespace picket::slo
