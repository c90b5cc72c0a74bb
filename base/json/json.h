// The one writer and the one reader of JSON (RFC 8259) in the fleet: a text that was written is valid UTF-8
// whatever bytes the strings had, and a text that is read is within limits before anything is built of it.
// nlohmann's own dump() throws on invalid UTF-8, and its values recurse as deep as the text does. Pure.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket {

/// In one line. Bytes that are no UTF-8 become U+FFFD.
std::string to_json(const nlohmann::json& value);
std::string to_json(const nlohmann::ordered_json& value);
/// For people, with two spaces a level.
std::string to_indented_json(const nlohmann::ordered_json& value);

struct JsonLimits {
  std::size_t bytes = std::size_t{64} * 1024 * 1024;
  int depth = 64;                   ///< of arrays and objects inside each other
  std::size_t values = 10'000'000;  ///< commas: members and elements after the first of each
  bool repeated_keys = true;        ///< false: InvalidInput for a key that stands twice in an object
};

/// One value and nothing behind it. InvalidInput with line and column for what is not JSON, for a NUL byte
/// and for what is beyond the limits. Of repeated keys in an object the last one counts.
Result<nlohmann::json> parse_json(std::string_view text, const JsonLimits& limits = {});
/// The same with members in their order.
Result<nlohmann::ordered_json> parse_ordered_json(std::string_view text, const JsonLimits& limits = {});

}  // namespace picket
