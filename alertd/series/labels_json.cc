#include "alertd/series/labels_json.h"

#include "base/json/json.h"
#include "base/text/escape.h"

namespace picket::alertd {
namespace {

Result<std::vector<Label>> read_labels(std::string_view json) {
  const Result<nlohmann::json> parsed = parse_json(json);
  if (!parsed || !parsed->is_object()) return fail(ErrorKind::Corrupt, "labels are not a JSON object");
  std::vector<Label> labels;
  for (const auto& [name, value] : parsed->items()) {
    if (!value.is_string()) return fail(ErrorKind::Corrupt, fmt::format("label {} is not a string", name));
    labels.push_back({name, value.get<std::string>()});
  }
  return labels;
}

}  // namespace

std::string labels_to_json(const Labels& labels) {
  std::string json = "{";
  for (const Label& label : labels) {
    if (json.size() > 1) json += ',';
    json += json_quote(label.name) + ":" + json_quote(label.value);
  }
  return json + "}";
}

Result<Labels> labels_from_json(std::string_view json) {
  Result<std::vector<Label>> labels = read_labels(json);
  if (!labels) return fail(labels);
  return Labels(std::move(*labels));
}

Result<Labels> annotations_from_json(std::string_view json) {
  Result<std::vector<Label>> annotations = read_labels(json);
  if (!annotations) return fail(annotations);
  return Labels::with_empty_values(std::move(*annotations));
}

}  // namespace picket::alertd
