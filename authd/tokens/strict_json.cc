#include "authd/tokens/strict_json.h"

#include "base/json/json.h"

namespace picket::authd {
namespace {

constexpr JsonLimits kLimits{.depth = 8, .repeated_keys = false};

}  // namespace

std::optional<nlohmann::json> parse_strict_object(std::string_view text) {
  if (!text.starts_with('{')) return std::nullopt;  // the reader would skip a byte order mark
  Result<nlohmann::json> parsed = parse_json(text, kLimits);
  if (!parsed) return std::nullopt;
  return std::move(*parsed);
}

const std::string* find_string(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return nullptr;
  return found->get_ptr<const std::string*>();
}

}  // namespace picket::authd
