#include "tools/fleet/run_folder.h"

#include <algorithm>

#include "base/text/strings.h"
#include "tools/fleet/yaml_text.h"

namespace picket::fleet {
namespace {

constexpr std::string_view kThresholds = "thresholds.yml";
constexpr std::string_view kShippedRunbooks = "runbook_url: docs/runbooks/";
constexpr std::string_view kShippedDashboards = "dashboard: d/";

/// The first line of each file.
std::string header(std::string_view change_instead) {
  return fmt::format("{} at each start: change {} instead (docs/configuration.md).\n", kWrittenBy,
                     change_instead);
}

std::string name_of(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

/// Of a shipped file: problems are ours, but they are told like any other.
Result<YamlNode> tree_of(std::string_view text, const std::string& path) {
  Problems problems(path);
  YamlNode root = parse_yaml(text, problems);
  if (!problems.empty()) return fail(problems.error());
  return root;
}

std::map<std::string, std::string> addresses_of(const RunFolder& place) {
  const std::string host = place.reach.find(':') == std::string::npos ? place.reach : "[" + place.reach + "]";
  std::map<std::string, std::string> addresses;
  for (const Program& program : programs()) {
    addresses[program.name] = fmt::format("{}:{}", program.stays_here ? "127.0.0.1" : host, program.port);
  }
  return addresses;
}

Result<std::vector<ScrapeJob>> jobs_in(const YamlNode& shipped, const std::string& path, const Files& files) {
  Problems problems(path);
  ReadContext context{files, problems};
  MapReader r(ValueReader(shipped, "", context));
  std::vector<ScrapeJob> jobs;
  if (const auto list = r.at("scrape_configs")) jobs = read_scrape_jobs(*list);
  if (!problems.empty()) return fail(problems.error());
  return jobs;
}

/// A job of the overrides takes the place of the shipped one with its name.
void add_jobs(const std::vector<ScrapeJob>& others, std::vector<ScrapeJob>& jobs) {
  for (const ScrapeJob& other : others) {
    const auto same = std::ranges::find(jobs, other.name, &ScrapeJob::name);
    if (same == jobs.end()) {
      jobs.push_back(other);
    } else {
      *same = other;
    }
  }
}

void set_entry(YamlNode& map, const std::string& key, const YamlNode& value) {
  const auto same = std::ranges::find(map.entries, key, &YamlNode::Entry::key);
  if (same == map.entries.end()) {
    map.entries.push_back({key, {}, value});
  } else {
    same->value = value;
  }
}

Result<GeneratedFile> prometheus_file(const RunFolder& place, const Overrides& overrides,
                                      const Files& files) {
  const std::string path = place.source + "/tools/fleet/prometheus.yml";
  Result<std::string> text = files.read(path, 1_MiB);
  if (!text) return fail(text);
  for (const auto& [program, address] : addresses_of(place))
    *text = replace_all(*text, "${" + program + "}", address);
  Result<YamlNode> root = tree_of(*text, path);
  if (!root) return fail(root);
  Result<std::vector<ScrapeJob>> jobs = jobs_in(*root, path, files);
  if (!jobs) return fail(jobs);
  add_jobs(overrides.scrape_jobs, *jobs);
  YamlNode list;
  list.kind = YamlNode::Kind::Sequence;
  for (ScrapeJob& job : *jobs) list.items.push_back(std::move(job.node));
  for (const YamlNode::Entry& entry : overrides.prometheus.entries) set_entry(*root, entry.key, entry.value);
  set_entry(*root, "scrape_configs", list);
  return GeneratedFile{"prometheus.yml", header("overrides.yml") + write_yaml(*root), 0600};
}

Result<GeneratedFile> rule_file(const std::string& path, const Overrides& overrides, const Files& files) {
  const Result<std::string> text = files.read(path, 10_MiB);
  if (!text) return fail(text);
  Result<std::string> filled = fill_in(*text, overrides.thresholds);
  if (!filled) return fail(filled, path);
  if (!overrides.runbooks.empty())
    *filled = replace_all(*filled, kShippedRunbooks, "runbook_url: " + overrides.runbooks);
  if (!overrides.grafana.empty())
    *filled = replace_all(*filled, kShippedDashboards, "dashboard: " + overrides.grafana + "d/");
  return GeneratedFile{"rules/" + name_of(path), header("../overrides.yml") + *filled, 0644};
}

}  // namespace

Result<Overrides> overrides_of(const RunFolder& place, const Files& files) {
  const std::string path = fmt::format("{}/rules/{}", place.source, kThresholds);
  const Result<std::string> text = files.read(path, 1_MiB);
  if (!text) return fail(text);
  Problems problems(path);
  const YamlNode root = parse_yaml(*text, problems);
  ReadContext context{files, problems};
  Thresholds shipped;
  ValueReader(root, "", context).decode(shipped);
  if (!problems.empty()) return fail(problems.error());
  return read_overrides(place.folder + "/overrides.yml", shipped, files);
}

Result<std::vector<GeneratedFile>> generate(const RunFolder& place, const Overrides& overrides,
                                            const Files& files) {
  std::vector<GeneratedFile> wanted;
  Result<GeneratedFile> prometheus = prometheus_file(place, overrides, files);
  if (!prometheus) return fail(prometheus);
  wanted.push_back(std::move(*prometheus));
  const Result<std::vector<std::string>> paths = files.glob(place.source + "/rules/*.yml");
  if (!paths) return fail(paths);
  for (const std::string& path : *paths) {
    if (name_of(path) == kThresholds) continue;
    Result<GeneratedFile> rules = rule_file(path, overrides, files);
    if (!rules) return fail(rules);
    wanted.push_back(std::move(*rules));
  }
  return wanted;
}

std::map<std::string, std::string> urls_of(const RunFolder& place, const Overrides& overrides) {
  std::map<std::string, std::string> urls;
  for (const auto& [program, address] : addresses_of(place))
    urls[program] = fmt::format("http://{}/", address);
  for (const auto& [program, url] : overrides.urls) urls[program] = url;
  return urls;
}

}  // namespace picket::fleet
