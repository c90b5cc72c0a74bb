#include "base/config/yaml_builder.h"

#include <yaml-cpp/exceptions.h>

#include <algorithm>
#include <iterator>

namespace picket {
namespace {

/// Tags that change nothing for a reader who knows what type he wants. "?" is no tag, "!" is text.
bool is_known_tag(const std::string& tag, YamlNode::Kind kind) {
  if (tag.empty() || tag == "?" || tag == "!") return true;
  constexpr std::string_view kPrefix = "tag:yaml.org,2002:";
  if (!tag.starts_with(kPrefix)) return false;
  const std::string_view name = std::string_view(tag).substr(kPrefix.size());
  if (kind == YamlNode::Kind::Sequence) return name == "seq";
  if (kind == YamlNode::Kind::Map) return name == "map";
  return name == "str" || name == "int" || name == "float" || name == "bool";
}

bool is_text_tag(const std::string& tag) {
  return tag == "!" || tag == "tag:yaml.org,2002:str";
}

YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) {
  YamlNode node;
  node.kind = kind;
  node.position = position_of(mark);
  return node;
}

}  // namespace

Position position_of(const YAML::Mark& mark) {
  return mark.is_null() ? Position{} : Position{mark.line + 1, mark.column + 1};
}

void YamlBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  count(1, 0, mark);
  const YamlNode node = node_at(mark, YamlNode::Kind::Null);
  remember(node, anchor);
  add(node);
}

void YamlBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  count(1, 0, mark);
  YamlNode node = node_at(mark, YamlNode::Kind::Scalar);
  if (!is_known_tag(tag, node.kind)) problems_.add(node.position, "", fmt::format("unknown tag \"{}\"", tag));
  node.scalar = value;
  node.quoted = is_text_tag(tag);
  if (node.quoted) last_quoted_ = mark.pos;
  if (value.find('\0') != std::string::npos) problems_.add(node.position, "", "holds a NUL character");
  remember(node, anchor);
  add(std::move(node));
}

void YamlBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) throw YAML::ParserException(mark, "alias of a value that holds the alias");
  const Extent extent = extent_of(found->second);
  count(extent.nodes, extent.depth, mark);
  YamlNode copy = found->second;
  copy.position = position_of(mark);
  add(std::move(copy));
}

void YamlBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value /*style*/) {
  if (!is_known_tag(tag, YamlNode::Kind::Sequence)) {
    problems_.add(position_of(mark), "", fmt::format("unknown tag \"{}\"", tag));
  }
  open(mark, YamlNode::Kind::Sequence, anchor);
}

void YamlBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value /*style*/) {
  if (!is_known_tag(tag, YamlNode::Kind::Map)) {
    problems_.add(position_of(mark), "", fmt::format("unknown tag \"{}\"", tag));
  }
  open(mark, YamlNode::Kind::Map, anchor);
}

void YamlBuilder::open(const YAML::Mark& mark, YamlNode::Kind kind, YAML::anchor_t anchor) {
  count(1, 1, mark);
  Frame frame{};
  frame.node = node_at(mark, kind);
  frame.anchor = anchor;
  open_.push_back(std::move(frame));
}

void YamlBuilder::close() {
  Frame frame = std::move(open_.back());
  open_.pop_back();
  merge(frame);
  remember(frame.node, frame.anchor);
  add(std::move(frame.node));
}

YamlBuilder::Extent YamlBuilder::extent_of(const YamlNode& node) {
  Extent extent{1, 0};
  const auto include = [&](const YamlNode& child) {
    const Extent inner = extent_of(child);
    extent.nodes += inner.nodes;
    extent.depth = std::max(extent.depth, inner.depth);
  };
  for (const YamlNode& item : node.items) include(item);
  for (const YamlNode::Entry& entry : node.entries) include(entry.value);
  if (node.kind == YamlNode::Kind::Sequence || node.kind == YamlNode::Kind::Map) ++extent.depth;
  return extent;
}

void YamlBuilder::count(std::size_t nodes, int depth, const YAML::Mark& mark) {
  nodes_ += nodes;
  if (nodes_ > limits_.nodes) {
    throw YAML::ParserException(mark, fmt::format("more than {} values (aliases expanded)", limits_.nodes));
  }
  if (static_cast<int>(open_.size()) + depth > limits_.depth) {
    throw YAML::ParserException(mark, fmt::format("nested deeper than {} levels", limits_.depth));
  }
}

/// The copy counts as much as the value itself, so that nested anchors cannot multiply memory.
void YamlBuilder::remember(const YamlNode& node, YAML::anchor_t anchor) {
  if (anchor == 0) return;
  nodes_ += extent_of(node).nodes;
  anchors_[anchor] = node;
}

void YamlBuilder::add(YamlNode node) {
  if (open_.empty()) {
    root_ = std::move(node);
    return;
  }
  Frame& frame = open_.back();
  if (frame.node.kind == YamlNode::Kind::Sequence) {
    frame.node.items.push_back(std::move(node));
  } else if (frame.has_key) {
    take_value(frame, std::move(node));
  } else {
    take_key(frame, node);
  }
}

void YamlBuilder::take_key(Frame& frame, const YamlNode& node) {
  frame.has_key = true;
  frame.drops_value = false;
  frame.merges_value = node.kind == YamlNode::Kind::Scalar && !node.quoted && node.scalar == "<<";
  frame.entry.key = node.scalar;
  frame.entry.key_position = node.position;
  if (node.kind != YamlNode::Kind::Scalar) {
    problems_.add(node.position, "", "a key must be text");
    frame.drops_value = true;
    return;
  }
  const auto [first, is_new] = frame.keys.try_emplace(node.scalar, node.position.line);
  if (is_new) return;
  problems_.add(node.position, "",
                fmt::format("duplicate key \"{}\" (first on line {})", node.scalar, first->second));
  frame.drops_value = true;
}

void YamlBuilder::take_value(Frame& frame, YamlNode node) {
  frame.has_key = false;
  if (frame.drops_value) return;
  // yaml-cpp places an empty value at the token after it, which may be far away.
  const bool is_empty = node.kind == YamlNode::Kind::Null;
  if (is_empty && node.position.line != frame.entry.key_position.line) {
    node.position = frame.entry.key_position;
  }
  if (frame.merges_value) return take_merge(frame, std::move(node));
  frame.entry.value = std::move(node);
  frame.node.entries.push_back(std::move(frame.entry));
  frame.entry = {};
}

void YamlBuilder::take_merge(Frame& frame, YamlNode node) {
  const auto is_map = [](const YamlNode& item) { return item.kind == YamlNode::Kind::Map; };
  if (is_map(node)) {
    frame.merges.push_back(std::move(node));
  } else if (node.kind == YamlNode::Kind::Sequence && std::ranges::all_of(node.items, is_map)) {
    std::ranges::move(node.items, std::back_inserter(frame.merges));
  } else {
    problems_.add(node.position, "", "\"<<\" must be a map or a list of maps");
  }
}

/// The map's own keys win, then those of the map merged first.
void YamlBuilder::merge(Frame& frame) {
  for (YamlNode& map : frame.merges) {
    for (YamlNode::Entry& entry : map.entries) {
      const bool is_new = frame.keys.try_emplace(entry.key, entry.key_position.line).second;
      if (is_new) frame.node.entries.push_back(std::move(entry));
    }
  }
}

}  // namespace picket
