// The YAML reader on any bytes: it must end, stay within its limits, and name a line of the file in every
// problem.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/config/reader.h"

namespace picket {
namespace {

struct Check {
  std::string name;
  Duration interval{};
  std::optional<Regex> match;
};

void read_yaml(MapReader& r, Check& check) {
  r.require("name", check.name);
  r.read("interval", check.interval);
  r.read("match", check.match);
}

struct Sample {
  bool enabled = false;
  double ratio = 0;
  std::uint16_t port = 0;
  Bytes size;
  Secret token;
  std::vector<Check> checks;
  std::map<std::string, std::string> labels;
};

void read_yaml(MapReader& r, Sample& sample) {
  r.read("enabled", sample.enabled);
  r.read("ratio", sample.ratio);
  r.read("port", sample.port);
  r.read("size", sample.size);
  r.read("token", sample.token);
  r.read("checks", sample.checks);
  r.read("labels", sample.labels);
}

std::size_t size_of(const YamlNode& node) {
  std::size_t size = 1;
  for (const YamlNode& item : node.items) size += size_of(item);
  for (const YamlNode::Entry& entry : node.entries) size += size_of(entry.value);
  return size;
}

void read_any(std::string_view text) {
  const YamlLimits limits{.size = 64_KiB, .depth = 32, .nodes = 10'000};
  Problems problems("fuzz.yml");
  const YamlNode root = parse_yaml(text, problems, limits);
  check(size_of(root) <= limits.nodes, "more nodes than the limit");
  const RealFiles files;
  ReadContext context{files, problems};
  Sample sample;
  const bool fine = ValueReader(root, "", context).decode(sample);
  check(!fine || sample.port <= 65535, "a port out of range");
  check(problems.empty() || problems.error().message.starts_with("fuzz.yml:"), "a problem without its file");
}

}  // namespace
}  // namespace picket

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  picket::read_any({reinterpret_cast<const char*>(data), size});
  return 0;
}
