// Strict YAML: one document to a tree with line and column on every node. Duplicate keys, tabs, unknown tags
// and alias bombs are errors. Built on yaml-cpp's event parser (its own tree silently keeps the first of two
// equal keys).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/config/problems.h"
#include "base/text/bytes.h"

namespace picket {

struct YamlNode {
  enum class Kind { Null, Scalar, Sequence, Map };
  struct Entry;

  Kind kind = Kind::Null;
  Position position;
  std::string scalar;           ///< of a Scalar; "" of a Null
  bool quoted = false;          ///< "yes" and 'yes' are text whatever they look like
  std::vector<YamlNode> items;  ///< of a Sequence
  std::vector<Entry> entries;   ///< of a Map, in file order; keys are unique

  /// Null when this is no map or has no such key.
  const YamlNode* find(std::string_view key) const;
};

struct YamlNode::Entry {
  std::string key;
  Position key_position;
  YamlNode value;
};

struct YamlLimits {
  Bytes size = 10_MiB;
  int depth = 64;
  std::size_t nodes = 1'000'000;  ///< counted after aliases are expanded
};

/// The document's root; an empty document is a Null. What is wrong is added to `problems` (then the node is
/// what could be read).
YamlNode parse_yaml(std::string_view text, Problems& problems, const YamlLimits& limits = {});

}  // namespace picket
