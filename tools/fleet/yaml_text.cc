#include "tools/fleet/yaml_text.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::fleet {
namespace {

/// A name that YAML 1.1 does not take for something else.
bool is_plain_key(std::string_view key) {
  constexpr std::array<std::string_view, 9> kOthers{"y",   "n",    "yes",   "no",  "on",
                                                    "off", "true", "false", "null"};
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  return !key.empty() && kDigits.find(key[0]) == std::string_view::npos &&
         key.find_first_not_of(kLetters) == std::string_view::npos &&
         std::ranges::find(kOthers, to_lower(key)) == kOthers.end();
}

std::string scalar_text(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::Null) return "null";
  const bool stays_plain =
      !node.quoted && !node.scalar.empty() && std::ranges::none_of(node.scalar, is_control);
  return stays_plain ? node.scalar : json_quote(node.scalar);
}

void write_lines(const YamlNode& node, std::size_t indent, std::string& out);

/// What stands behind "key:" or "-".
void write_value(const YamlNode& node, std::size_t indent, std::string& out) {
  if (!node.entries.empty() || !node.items.empty()) {
    out += '\n';
    return write_lines(node, indent, out);
  }
  if (node.kind == YamlNode::Kind::Map) {
    out += " {}\n";
  } else if (node.kind == YamlNode::Kind::Sequence) {
    out += " []\n";
  } else {
    out += " " + scalar_text(node) + "\n";
  }
}

/// The dash stands before the first line of what is in it.
void write_item(const YamlNode& item, std::size_t indent, std::string& out) {
  const bool is_block = !item.entries.empty() || !item.items.empty();
  const std::size_t start = out.size();
  if (is_block) {
    write_lines(item, indent + 2, out);
    out[start + indent] = '-';
  } else {
    out += std::string(indent, ' ') + "-";
    write_value(item, indent, out);
  }
}

void write_lines(const YamlNode& node, std::size_t indent, std::string& out) {
  const std::string margin(indent, ' ');
  for (const YamlNode::Entry& entry : node.entries) {
    out += margin + (is_plain_key(entry.key) ? entry.key : json_quote(entry.key)) + ":";
    write_value(entry.value, indent + 2, out);
  }
  for (const YamlNode& item : node.items) write_item(item, indent, out);
}

}  // namespace

std::string write_yaml(const YamlNode& node) {
  std::string out;
  const bool is_empty = node.entries.empty() && node.items.empty();
  if (is_empty) {
    write_value(node, 0, out);
    return out.substr(1);
  }
  write_lines(node, 0, out);
  return out;
}

}  // namespace picket::fleet
