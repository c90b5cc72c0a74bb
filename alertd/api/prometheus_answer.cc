#include "alertd/api/prometheus_answer.h"

namespace picket::alertd {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

Response prometheus_success(nlohmann::ordered_json payload) {
  return Response::json(200, to_json(Json{{"status", "success"}, {"data", std::move(payload)}}));
}

Response prometheus_error(int status, std::string_view type, std::string_view message) {
  return Response::json(status, to_json(Json{{"status", "error"}, {"errorType", type}, {"error", message}}));
}

Json labels_object(const Labels& labels) {
  Json json = Json::object();
  for (const Label& label : labels) json[label.name] = label.value;
  return json;
}

}  // namespace picket::alertd
