#include "exporters/security/config/security_config.h"

#include <set>

#include "base/detect/detector.h"

namespace picket::security {
namespace {

constexpr std::size_t kSourcesMax = 100;

void check_sources(MapReader& r, const std::vector<SourceConfig>& sources) {
  if (sources.size() > kSourcesMax) r.problem("sources", fmt::format("more than {}", kSourcesMax));
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const std::string& name = sources[i].name;
    if (!name.empty() && !names.insert(name).second)
      r.at("sources")->item_at(i).problem(fmt::format("\"{}\" is defined twice", name));
  }
}

}  // namespace

void read_yaml(MapReader& r, RulesConfig& rules) {
  r.read("without", rules.without);
  if (const auto detector = Detector::built_in(rules.without); !detector)
    r.problem("without", detector.error().message);
}

static void read_yaml(MapReader& r, SecurityConfig& config) {
  r.read("sources", config.sources);
  check_sources(r, config.sources);
  config.scans = read_scans(r);
  r.read("signals", config.signals);
  r.read("rules", config.rules);
  r.read("events", config.events);
}

Result<SecurityConfig> parse_security_config(std::string_view text, const std::string& file,
                                             const Files& files) {
  return parse_config<SecurityConfig>(text, file, files);
}

Result<SecurityConfig> load_security_config(const std::string& path, const Files& files) {
  const Result<std::string> text = files.read(path, 10_MiB);
  if (!text) return fail(text);
  return parse_security_config(*text, path, files);
}

}  // namespace picket::security
