#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/config/reader.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket {
namespace {

/// What stands in the file, for a message: `"5 minutes"`, `a list`. Never used for secrets.
std::string shown(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null:
      return "empty";
    case YamlNode::Kind::Sequence:
      return "a list";
    case YamlNode::Kind::Map:
      return "a map";
    case YamlNode::Kind::Scalar:
      break;
  }
  return fmt::format("\"{}\"", truncate(node.scalar, 60));
}

std::string_view boolean_meant(std::string_view text) {
  constexpr std::array<std::string_view, 6> kTrue{"true", "yes", "on", "y", "1", "t"};
  constexpr std::array<std::string_view, 6> kFalse{"false", "no", "off", "n", "0", "f"};
  const std::string word = to_lower(text);
  if (std::ranges::find(kTrue, word) != kTrue.end()) return "true";
  if (std::ranges::find(kFalse, word) != kFalse.end()) return "false";
  return "";
}

bool is_whole_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool digits = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  return digits && (text.size() == 1 || text[0] != '0');
}

}  // namespace

/// The scalar, or null after reporting that something else stands there.
const std::string* ValueReader::text(std::string_view expected) const {
  if (node_.kind == YamlNode::Kind::Scalar) return &node_.scalar;
  problem(fmt::format("must be {}, not {}", expected, shown(node_)));
  return nullptr;
}

bool ValueReader::is_list() const {
  if (node_.kind == YamlNode::Kind::Sequence || node_.kind == YamlNode::Kind::Null) return true;
  problem(
      fmt::format("must be a list, not {}", node_.kind == YamlNode::Kind::Map ? "a map" : "a single value"));
  return false;
}

bool ValueReader::is_map() const {
  if (node_.kind == YamlNode::Kind::Map || node_.kind == YamlNode::Kind::Null) return true;
  problem(fmt::format("must be a map, not {}",
                      node_.kind == YamlNode::Kind::Sequence ? "a list" : "a single value"));
  return false;
}

ValueReader ValueReader::item_at(std::size_t index) const {
  return {node_.items[index], fmt::format("{}[{}]", path_, index), context_};
}

ValueReader ValueReader::value_of(const YamlNode::Entry& entry) const {
  return {entry.value, path_.empty() ? entry.key : path_ + "." + entry.key, context_};
}

bool ValueReader::decode(bool& out) const {
  const std::string* word = text("true or false");
  if (word == nullptr) return false;
  if (!node_.quoted && (*word == "true" || *word == "false")) {
    out = *word == "true";
    return true;
  }
  const std::string_view meant = boolean_meant(*word);
  const std::string hint = meant.empty() ? "" : fmt::format(" (did you mean {}?)", meant);
  problem(fmt::format("must be true or false, not {}{}", shown(node_), hint));
  return false;
}

bool ValueReader::decode(std::string& out) const {
  const std::string* value = text("text");
  if (value == nullptr) return false;
  out = *value;
  return true;
}

bool ValueReader::decode(double& out) const {
  const std::string* value = text("a number");
  if (value == nullptr) return false;
  const Result<double> number = parse_double(*value);
  if (node_.quoted || !number || !std::isfinite(*number)) {
    problem(fmt::format("must be a number, not {}{}", node_.quoted ? "the text " : "", shown(node_)));
    return false;
  }
  out = *number;
  return true;
}

bool ValueReader::decode(Duration& out) const {
  const std::string* value = text("a duration such as 30s, 5m or 1h30m");
  if (value == nullptr) return false;
  const Result<Duration> duration = parse_duration(*value);
  if (!duration) {
    problem(fmt::format("must be a duration such as 30s, 5m or 1h30m, not {}", shown(node_)));
    return false;
  }
  out = *duration;
  return true;
}

bool ValueReader::decode(Bytes& out) const {
  const std::string* value = text("a size such as 512, 64KiB or 10MB");
  if (value == nullptr) return false;
  const Result<Bytes> size = parse_bytes(*value);
  if (!size) {
    problem(fmt::format("must be a size such as 512, 64KiB or 10MB, not {}", shown(node_)));
    return false;
  }
  out = *size;
  return true;
}

bool ValueReader::decode(std::optional<Regex>& out) const {
  const std::string* pattern = text("a regular expression");
  if (pattern == nullptr) return false;
  Result<Regex> regex = Regex::compile(*pattern);
  if (!regex) {
    problem(fmt::format("must be a regular expression (RE2): {}", regex.error().message));
    return false;
  }
  out = std::move(*regex);
  return true;
}

bool ValueReader::decode(std::vector<Regex>& out) const {
  std::vector<std::optional<Regex>> elements;
  if (!decode(elements)) return false;
  out.clear();
  for (std::optional<Regex>& element : elements) {
    if (element) out.push_back(std::move(*element));
  }
  return true;
}

bool ValueReader::decode(Secret& out) const {
  if (node_.kind != YamlNode::Kind::Scalar) {
    problem("must be text");
    return false;
  }
  out = Secret(node_.scalar);
  return true;
}

bool ValueReader::decode_integer(long long& out, long long min, long long max) const {
  const std::string* value = text("a whole number");
  if (value == nullptr) return false;
  if (node_.quoted || !is_whole_number(*value)) {
    problem(fmt::format("must be a whole number, not {}{}", node_.quoted ? "the text " : "", shown(node_)));
    return false;
  }
  long long number = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (error != std::errc{} || number < min || number > max) {
    problem(fmt::format("must be from {} to {}, not {}", min, max, truncate(*value, 60)));
    return false;
  }
  out = number;
  return true;
}

}  // namespace picket
