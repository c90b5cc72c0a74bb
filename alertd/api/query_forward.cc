#include "alertd/api/query_forward.h"

#include <algorithm>
#include <array>

#include "alertd/api/prometheus_answer.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::alertd {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

struct Endpoint {
  std::string_view path;
  std::string_view name;
  std::string_view summary;
  bool post;
};
constexpr std::array<Endpoint, 7> kEndpoints = {{
    {"/api/v1/query", "query", "An instant query of the datasource", true},
    {"/api/v1/query_range", "query_range", "A range query of the datasource", true},
    {"/api/v1/query_exemplars", "query_exemplars", "Exemplars of the datasource", true},
    {"/api/v1/labels", "labels", "Label names of the datasource", true},
    {"/api/v1/series", "series", "Series of the datasource", true},
    {"/api/v1/label/{name}/values", "label_values", "Values of a label of the datasource", false},
    {"/api/v1/metadata", "metadata", "Metadata of metrics of the datasource", false},
}};

std::string form_of(const Parameters& parameters) {
  std::string form;
  for (const auto& [name, value] : parameters) {
    if (!form.empty()) form += '&';
    form += percent_encode(name) + '=' + percent_encode(value);
  }
  return form;
}

/// Nothing when the body is not a form.
std::optional<Parameters> body_parameters(const Request& request) {
  if (request.method != picket::Method::Post || request.body.empty()) return Parameters();
  const std::string type = to_lower(request.headers.get("Content-Type"));
  if (type != kForm && !type.starts_with(std::string(kForm) + ";")) return std::nullopt;
  std::optional<Target> form = Target::parse("/?" + request.body);
  if (!form) return std::nullopt;
  return std::move(form->query);
}

std::optional<OutboundRequest> outbound(const Request& request, const std::string& path,
                                        const DatasourceConfig& datasource) {
  const std::optional<Parameters> body = body_parameters(request);
  if (!body) return std::nullopt;
  OutboundRequest out;
  out.method = request.method == picket::Method::Post ? picket::Method::Post : picket::Method::Get;
  out.url = datasource.url + path;
  if (!request.target.query.empty()) out.url += '?' + form_of(request.target.query);
  out.headers = datasource.headers;
  if (out.method == picket::Method::Post) {
    out.headers.set("Content-Type", std::string(kForm));
    out.body = form_of(*body);
  }
  out.config = datasource.http;
  out.repeatable = true;  // it only reads
  out.max_response = std::min(datasource.max_response, QueryForward::kMostAnswer);
  return out;
}

Response failure(const ClientResponse& answer) {
  if (answer.failed == FailedStep::TooLarge)
    return prometheus_error(422, "execution", "the answer of the datasource is too large");
  if (answer.failed == FailedStep::Timeout)
    return prometheus_error(503, "timeout", "the datasource does not answer in time");
  return prometheus_error(503, "unavailable", "the datasource cannot be asked now");
}

/// Its answers in JSON as they are, errors too. What else comes is a proxy's page or a refusal of alertd's
/// own credentials: the caller learns the status alone.
Response answer_of(ClientResponse answer) {
  if (answer.failed != FailedStep::None) return failure(answer);
  const int status = answer.response.status;
  const bool own = status == 401 || status == 403 || status == 407;
  const std::string type = to_lower(answer.response.headers.get("Content-Type"));
  if (own || status < 200 || (status >= 300 && status < 400) || !type.starts_with("application/json"))
    return prometheus_error(503, "unavailable", fmt::format("the datasource answers HTTP {}", status));
  return Response::json(status, std::move(answer.response.body));
}

}  // namespace

QueryForward::QueryForward(EventLoop& loop, Resolver& resolver, const Clock& clock, Logger& log)
    : clock_(clock),
      log_(log),
      client_(loop, resolver,
              {.max_concurrent = kMostRunning, .max_queued = kMostWaiting, .max_idle = kMostRunning}) {}

void QueryForward::set(const DatasourceConfig& datasource) {
  auto next = std::make_shared<const DatasourceConfig>(datasource);
  const MutexLock lock(mutex_);
  datasource_ = std::move(next);
}

void QueryForward::add_routes(Router& router) {
  for (const Endpoint& endpoint : kEndpoints) {
    const AsyncHandler handler = [this](const Request& request, const Responder& respond) {
      const bool named = !request.path_params.empty();
      forward(request,
              named ? "/api/v1/label/" + percent_encode(request.path_param("name")) + "/values"
                    : request.target.path,
              respond);
    };
    const RouteOptions options{.name = std::string(endpoint.name), .summary = std::string(endpoint.summary)};
    router.get_async(std::string(endpoint.path), handler, options);
    if (endpoint.post) router.post_async(std::string(endpoint.path), handler, options);
  }
}

void QueryForward::forward(const Request& request, const std::string& path, const Responder& respond) {
  std::shared_ptr<const DatasourceConfig> datasource;
  {
    const MutexLock lock(mutex_);
    datasource = datasource_;
  }
  if (datasource == nullptr) return respond(prometheus_error(503, "unavailable", "starting"));
  if (!datasource->forward_queries)
    return respond(prometheus_error(404, "not_found", "queries are not forwarded to the datasource"));
  std::optional<OutboundRequest> out = outbound(request, path, *datasource);
  if (!out) return respond(prometheus_error(400, "bad_data", "the body is not a form"));
  out->timeout = std::min(datasource->timeout, request.deadline.remaining(clock_));
  client_.send_async(std::move(*out), [respond, &log = log_, path](ClientResponse answer) {
    if (answer.failed != FailedStep::None)
      log.warn("query was not forwarded", {{"path", path}, {"error", answer.error}});
    respond(answer_of(std::move(answer)));
  });
}

}  // namespace picket::alertd
