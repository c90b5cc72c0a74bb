#include "alertd/notify/content_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/crypto/digest.h"
#include "base/text/encoding.h"

namespace picket::alertd {
namespace {

constexpr std::size_t kKeyDigits = 32;

/// "5:email": the length keeps apart what would read the same.
std::string counted(std::string_view text) {
  return fmt::format("{}:{}", text.size(), text);
}

std::string canonical(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null:
      return "~";
    case YamlNode::Kind::Scalar:
      return counted(node.scalar);
    case YamlNode::Kind::Sequence: {
      std::string out = "[";
      for (const YamlNode& item : node.items) out += canonical(item);
      return out + "]";
    }
    case YamlNode::Kind::Map: {
      std::vector<std::string> entries;
      entries.reserve(node.entries.size());
      for (const YamlNode::Entry& entry : node.entries)
        entries.push_back(counted(entry.key) + canonical(entry.value));
      std::ranges::sort(entries);
      std::string out = "{";
      for (const std::string& entry : entries) out += entry;
      return out + "}";
    }
  }
  return "";
}

}  // namespace

std::string content_key(std::string_view kind, const YamlNode& integration) {
  return hex_encode(sha256(counted(kind) + canonical(integration))).substr(0, kKeyDigits);
}

}  // namespace picket::alertd
