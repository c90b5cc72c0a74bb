#include "exporters/health/probe/prober_registry.h"

#include "base/text/strings.h"
#include "base/text/suggest.h"

namespace picket::health {

void ProberRegistry::add(ProberKind kind) {
  check(find(kind.name) == nullptr, "a prober is registered twice");
  kinds_.push_back(std::move(kind));
}

const ProberKind* ProberRegistry::find(std::string_view name) const {
  for (const ProberKind& kind : kinds_) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

std::vector<std::string> ProberRegistry::names() const {
  std::vector<std::string> names;
  names.reserve(kinds_.size());
  for (const ProberKind& kind : kinds_) names.emplace_back(kind.name);
  return names;
}

std::shared_ptr<const ProberConfig> ProberRegistry::read(const ValueReader& value) const {
  const YamlNode& node = value.node();
  const std::vector<std::string> known = names();
  if (node.kind != YamlNode::Kind::Map || node.entries.size() != 1) {
    value.problem(fmt::format("must be a map with exactly one key, one of {}", join(known, ", ")));
    return nullptr;
  }
  const YamlNode::Entry& entry = node.entries.front();
  const std::string path = value.path() + "." + entry.key;
  const ProberKind* kind = find(entry.key);
  if (kind == nullptr) {
    value.context().problems.add(
        entry.key_position, path,
        fmt::format("no such prober{}; known are {}", did_you_mean(entry.key, known), join(known, ", ")));
    return nullptr;
  }
  return kind->read(ValueReader(entry.value, path, value.context()));
}

}  // namespace picket::health
