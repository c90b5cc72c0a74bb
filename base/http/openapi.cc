#include "base/http/openapi.h"

#include <set>

#include "base/crypto/digest.h"
#include "base/http/openapi_page.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"

namespace picket {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kProblem = R"({
  "type": "object",
  "description": "RFC 9457",
  "required": ["type", "title", "status"],
  "properties": {"type": {"type": "string"}, "title": {"type": "string"},
                 "status": {"type": "integer"}, "detail": {"type": "string"}}
})";

/// "name" of "{name}" and of "{name...}"; "" of a literal part.
std::string_view parameter_of(std::string_view part) {
  if (!part.starts_with('{') || !part.ends_with('}')) return "";
  part = part.substr(1, part.size() - 2);
  return part.substr(0, part.find('.'));
}

/// "/a/{rest...}" is "/a/{rest}" there.
std::string template_of(const std::string& pattern) {
  return replace_all(pattern, "...}", "}");
}

std::string word_of(std::string_view part) {
  const std::string_view parameter = parameter_of(part);
  std::string word(parameter.empty() ? part : parameter);
  for (char& c : word) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!is_letter) c = '_';
  }
  return (parameter.empty() ? "" : "by_") + word;
}

/// "get_api_v1_users_by_id".
std::string operation_id_of(const Route& route) {
  std::string id = to_lower(to_string(route.method));
  for (const std::string_view part : split(route.pattern, '/')) {
    if (!part.empty()) id += "_" + word_of(part);
  }
  return id;
}

Json reference(std::string_view schema) {
  return {{"$ref", fmt::format("#/components/schemas/{}", schema)}};
}

Json content(const std::string& type, std::string_view schema) {
  return {{type, {{"schema", reference(schema)}}}};
}

Json parameters_of(const Route& route) {
  Json list = Json::array();
  for (const std::string_view part : split(route.pattern, '/')) {
    const std::string_view name = parameter_of(part);
    if (name.empty()) continue;
    list.push_back({{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  for (const RouteParameter& parameter : route.options.parameters) {
    Json entry{{"name", parameter.name}, {"in", parameter.place}, {"required", parameter.required}};
    if (!parameter.description.empty()) entry["description"] = parameter.description;
    entry["schema"] = {{"type", parameter.type}};
    list.push_back(std::move(entry));
  }
  return list;
}

/// A body may be left out when its schema asks for nothing in it.
Json body_of(const RouteOptions& options, const Json& schemas) {
  return {{"required", schemas.at(options.request_schema).contains("required")},
          {"content", content(options.request_type, options.request_schema)}};
}

Json responses_of(const RouteOptions& options) {
  Json success{{"description", "Success"}};
  if (!options.response_schema.empty())
    success["content"] = content(options.response_type, options.response_schema);
  Json error{{"description", "Error"}, {"content", content("application/problem+json", "Problem")}};
  if (!options.error_schema.empty())
    error["content"].update(content("application/json", options.error_schema));
  return {{"2XX", std::move(success)}, {"default", std::move(error)}};
}

Json operation_of(const Route& route, const std::string& id, const Json& schemas) {
  const RouteOptions& options = route.options;
  Json operation{{"operationId", id}};
  if (!options.tag.empty()) operation["tags"] = Json::array({options.tag});
  if (!options.summary.empty()) operation["summary"] = options.summary;
  if (!options.description.empty()) operation["description"] = options.description;
  Json parameters = parameters_of(route);
  if (!parameters.empty()) operation["parameters"] = std::move(parameters);
  if (!options.request_schema.empty()) operation["requestBody"] = body_of(options, schemas);
  operation["responses"] = responses_of(options);
  Json security = Json::array();
  if (!options.security.empty()) security.push_back({{options.security, Json::array()}});
  operation["security"] = std::move(security);
  for (const auto& [caller, access] : options.callers) operation["x-callers"][caller] = access;
  return operation;
}

Result<Json> parse_object(const std::string& text, std::string_view what) {
  Result<Json> json = parse_ordered_json(text);
  if (!json || !json->is_object())
    return fail(ErrorKind::InvalidInput, fmt::format("the {} are no JSON object", what));
  return json;
}

Result<void> check_names(const Router& router, const Json& schemas, const Json& security) {
  for (const Route& route : router.routes()) {
    const RouteOptions& options = route.options;
    for (const std::string& name : {options.request_schema, options.response_schema, options.error_schema}) {
      if (name.empty() || schemas.contains(name)) continue;
      return fail(ErrorKind::InvalidInput, fmt::format("{}: there is no schema \"{}\"", route.pattern, name));
    }
    if (!options.security.empty() && !security.contains(options.security)) {
      return fail(ErrorKind::InvalidInput,
                  fmt::format("{}: there is no security scheme \"{}\"", route.pattern, options.security));
    }
  }
  return {};
}

Json paths_of(const Router& router, const Json& schemas) {
  Json paths = Json::object();
  std::set<std::string> ids;
  for (const Route& route : router.routes()) {
    std::string id = operation_id_of(route);
    while (!ids.insert(id).second) id += "_";
    paths[template_of(route.pattern)][to_lower(to_string(route.method))] = operation_of(route, id, schemas);
  }
  return paths;
}

Result<Json> document_of(const Router& router, const OpenApi& about) {
  auto schemas = parse_object(about.schemas, "schemas");
  if (!schemas) return fail(schemas);
  auto security = parse_object(about.security_schemes, "security schemes");
  if (!security) return fail(security);
  if (!schemas->contains("Problem")) (*schemas)["Problem"] = parse_ordered_json(kProblem).value_or(Json());
  const auto checked = check_names(router, *schemas, *security);
  if (!checked) return fail(checked);
  Json document{
      {"openapi", "3.1.0"},
      {"info", {{"title", about.title}, {"version", about.version}, {"description", about.description}}}};
  document["paths"] = paths_of(router, *schemas);
  document["components"] = {{"schemas", std::move(*schemas)}, {"securitySchemes", std::move(*security)}};
  return document;
}

}  // namespace

Result<std::string> render_openapi(const Router& router, const OpenApi& about) {
  const auto document = document_of(router, about);
  if (!document) return fail(document);
  return to_json(*document);
}

Result<Response> openapi_page(const Router& router, const OpenApi& about) {
  const auto document = document_of(router, about);
  if (!document) return fail(document);
  Response response = Response::html(render_openapi_page(*document));
  response.headers.add(
      "Content-Security-Policy",
      fmt::format("default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; "
                  "frame-ancestors 'none'",
                  base64_encode(sha256(openapi_style()))));
  return response;
}

}  // namespace picket
