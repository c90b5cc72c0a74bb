// Turns yaml-cpp's events into a YamlNode: expands aliases and merge keys, finds duplicate keys and unknown
// tags, and stops (by a YAML::ParserException) at the limits. Used by parse_yaml alone.
#pragma once

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/config/yaml.h"

namespace picket {

Position position_of(const YAML::Mark& mark);

class YamlBuilder final : public YAML::EventHandler {
 public:
  YamlBuilder(const YamlLimits& limits, Problems& problems) : limits_(limits), problems_(problems) {}

  YamlNode take_root() { return std::move(root_); }
  /// Where the last quoted scalar began (byte offset), its tag and anchor included; -1 when there was none.
  int last_quoted() const { return last_quoted_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

 private:
  struct Frame {  ///< a list or map that is still open
    YamlNode node;
    YAML::anchor_t anchor;
    std::unordered_map<std::string, int> keys;  ///< of a map, with the line of each
    bool has_key = false;                       ///< a key is read and waits for its value
    bool drops_value = false;                   ///< that key is a duplicate or no text
    bool merges_value = false;                  ///< that key is `<<`
    YamlNode::Entry entry;                      ///< that key
    std::vector<YamlNode> merges;               ///< the maps under `<<`, merged when this one is closed
  };
  struct Extent {
    std::size_t nodes = 0;
    int depth = 0;
  };

  static Extent extent_of(const YamlNode& node);
  void open(const YAML::Mark& mark, YamlNode::Kind kind, YAML::anchor_t anchor);
  void close();
  void count(std::size_t nodes, int depth, const YAML::Mark& mark);
  void remember(const YamlNode& node, YAML::anchor_t anchor);
  void add(YamlNode node);
  void take_key(Frame& frame, const YamlNode& node);
  void take_value(Frame& frame, YamlNode node);
  void take_merge(Frame& frame, YamlNode node);
  static void merge(Frame& frame);

  const YamlLimits& limits_;
  Problems& problems_;
  YamlNode root_;
  std::vector<Frame> open_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
  std::size_t nodes_ = 0;
  int last_quoted_ = -1;
};

}  // namespace picket
