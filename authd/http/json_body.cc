#include "authd/http/json_body.h"

#include "authd/tokens/strict_json.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

/// "application/json" with or without parameters.
bool says_json(const Request& request) {
  const std::string type = request.headers.get("Content-Type");
  return to_lower(trim(type.substr(0, type.find(';')))) == "application/json";
}

}  // namespace

Result<JsonBody> JsonBody::of(const Request& request) {
  if (request.body.empty()) return JsonBody(nlohmann::json::object());
  if (!says_json(request)) return fail(ErrorKind::InvalidInput, "Content-Type must be application/json");
  auto object = parse_strict_object(request.body);
  if (!object)
    return fail(ErrorKind::InvalidInput, "the body must be one JSON object, without repeated keys");
  return JsonBody(std::move(*object));
}

const nlohmann::json* JsonBody::find(const char* name) {
  asked_.insert(name);
  const auto found = object_.find(name);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

void JsonBody::wrong(const char* name, const char* must) {
  if (!problem_) problem_ = fmt::format("{} {}", name, must);
}

std::string JsonBody::text(const char* name) {
  const nlohmann::json* value = find(name);
  if (value == nullptr) return "";
  if (!value->is_string()) {
    wrong(name, "must be text");
    return "";
  }
  return value->get<std::string>();
}

std::string JsonBody::required(const char* name) {
  std::string value = text(name);
  if (value.empty()) wrong(name, "is missing");
  return value;
}

bool JsonBody::flag(const char* name) {
  const nlohmann::json* value = find(name);
  if (value == nullptr) return false;
  if (!value->is_boolean()) {
    wrong(name, "must be true or false");
    return false;
  }
  return value->get<bool>();
}

std::optional<std::int64_t> JsonBody::number(const char* name) {
  const nlohmann::json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number_integer()) {
    wrong(name, "must be a whole number");
    return std::nullopt;
  }
  return value->get<std::int64_t>();
}

std::vector<std::string> JsonBody::texts(const char* name) {
  const nlohmann::json* value = find(name);
  std::vector<std::string> texts;
  if (value == nullptr) return texts;
  if (!value->is_array()) {
    wrong(name, "must be a list of texts");
    return texts;
  }
  texts.reserve(value->size());
  for (const nlohmann::json& item : *value) {
    if (item.is_string()) {
      texts.push_back(item.get<std::string>());
    } else {
      wrong(name, "must be a list of texts");
    }
  }
  return texts;
}

const nlohmann::json& JsonBody::take_all() {
  for (auto member = object_.begin(); member != object_.end(); ++member) asked_.insert(member.key());
  return object_;
}

Result<void> JsonBody::finish() const {
  if (problem_) return fail(ErrorKind::InvalidInput, *problem_);
  for (auto member = object_.begin(); member != object_.end(); ++member) {
    if (!asked_.contains(member.key()))
      return fail(ErrorKind::InvalidInput, fmt::format("there is no member \"{}\" here", member.key()));
  }
  return {};
}

}  // namespace picket::authd
