// The envelope of Prometheus' HTTP API v1: {"status": "success", "data": ...} or {"status": "error",
// "errorType": ..., "error": ...}. Source: prometheus docs, "HTTP API", "Format overview".
#pragma once

#include <string>
#include <string_view>

#include "alertd/series/labels.h"
#include "base/http/message.h"
#include "base/json/json.h"

namespace picket::alertd {

Response prometheus_success(nlohmann::ordered_json payload);
/// `type` is Prometheus' errorType: bad_data, execution, timeout, unavailable, not_found, ...
Response prometheus_error(int status, std::string_view type, std::string_view message);
/// A label set, as rules, alerts and groups show it.
nlohmann::ordered_json labels_object(const Labels& labels);

}  // namespace picket::alertd
