#include "alertd/datasource/prometheus_engine.h"

#include "alertd/datasource/query_response.h"
#include "base/text/escape.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket::alertd {

namespace {

ErrorKind kind_of_status(int status) {
  if (status == 401 || status == 403) return ErrorKind::Denied;
  if (status == 404) return ErrorKind::NotFound;
  if (status == 408 || status == 504) return ErrorKind::Timeout;
  return status >= 500 || status == 429 ? ErrorKind::Unavailable : ErrorKind::InvalidInput;
}

/// What the body says of the error when it is Prometheus' JSON, else the status alone: a proxy's page says
/// nothing.
Error error_of(const Response& response) {
  const auto parsed = parse_query_response(response.body);
  const bool explained = !parsed && parsed.error().kind != ErrorKind::Corrupt;
  const std::string status = fmt::format("HTTP {} {}", response.status, reason_phrase(response.status));
  if (!explained) return {kind_of_status(response.status), status};
  // 503 and 422 carry Prometheus' own reason, whose type says more than the status.
  const bool refused = response.status == 401 || response.status == 403 || response.status >= 500;
  return {refused && parsed.error().kind == ErrorKind::InvalidInput ? kind_of_status(response.status)
                                                                    : parsed.error().kind,
          fmt::format("{} ({})", parsed.error().message, status)};
}

std::string milliseconds(Timestamp time) {
  const std::int64_t ms = unix_millis(time);
  return fmt::format("{}{}.{:03}", ms < 0 ? "-" : "", std::abs(ms) / 1000, std::abs(ms) % 1000);
}

}  // namespace

PrometheusEngine::PrometheusEngine(DatasourceConfig config, HttpClient& client)
    : config_(std::move(config)), client_(client) {}

Result<Vector> PrometheusEngine::instant(const Query& query, Timestamp time) {
  const Duration timeout =
      query.timeout > Duration::zero() ? std::min(query.timeout, config_.timeout) : config_.timeout;
  OutboundRequest request;
  request.method = Method::Post;
  request.url = config_.url + "/api/v1/query";
  request.headers = config_.headers;
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.body = fmt::format("query={}&time={}&timeout={}", percent_encode(query.expr), milliseconds(time),
                             format_duration(timeout));
  request.config = config_.http;
  request.repeatable = true;  // it only reads
  request.timeout = timeout;
  request.max_response = config_.max_response;
  const auto response = client_.send(request);
  if (!response) return fail(response, "query");
  if (response->status != 200) {
    const Error error = error_of(*response);
    return fail(error.kind, fmt::format("query: {}", error.message));
  }
  auto vector = parse_query_response(response->body);
  if (!vector) return fail(vector, "query");
  return vector;
}

}  // namespace picket::alertd
