// JSON from strangers: one object and nothing after it, no key twice, no byte order mark, at most 8 levels,
// valid UTF-8, no number that a double cannot hold. Used for token headers, claims and JWKs. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace picket::authd {

/// Nothing when it is not such an object.
std::optional<nlohmann::json> parse_strict_object(std::string_view text);

/// The member when it is there and a string; null otherwise.
const std::string* find_string(const nlohmann::json& object, const char* name);

}  // namespace picket::authd
