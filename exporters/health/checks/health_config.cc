#include "exporters/health/checks/health_config.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text/suggest.h"

namespace picket::health {

namespace {

constexpr std::size_t kMaxChecks = 100'000;

/// Reads the file section by section; keeps where names were defined, for the rules across sections.
class FileReader {
 public:
  FileReader(const ValueReader& root, const ProberRegistry& probers) : r_(root), probers_(probers) {}

  HealthConfig read() {
    read_groups();
    read_checks("checks", [this](const ValueReader& v) { return read_check(v, probers_); });
    read_checks("heartbeats", read_heartbeat);
    read_maintenance();
    read_policy();
    read_business();
    read_slos();
    read_limits();
    for (auto& check : checks_)
      config_.checks.push_back(std::make_shared<const CheckConfig>(std::move(check)));
    r_.finish();
    return std::move(config_);
  }

 private:
  template <class F>
  void for_each(std::string_view key, F visit) {
    const auto list = r_.at(key);
    if (!list || list->node().kind == YamlNode::Kind::Null) return;
    if (list->node().kind != YamlNode::Kind::Sequence) return list->problem("must be a list");
    const auto& items = list->node().items;
    for (std::size_t i = 0; i < items.size(); ++i) {
      visit(ValueReader(items[i], fmt::format("{}[{}]", key, i), r_.context()));
    }
  }

  /// The value under `key` of a map element, to point a problem at; the element itself when absent.
  static ValueReader member(const ValueReader& element, std::string_view key) {
    const YamlNode* node = element.node().find(key);
    if (node == nullptr) return element;
    return {*node, element.path() + "." + std::string(key), element.context()};
  }

  void read_groups();
  template <class F>
  void read_checks(std::string_view key, F read_one);
  void read_maintenance();
  void apply(const MaintenanceConfig& maintenance);
  void read_policy();
  std::vector<Cidr> read_networks(MapReader& r, std::string_view key);
  void read_business();
  void read_slos();
  void read_limits();
  void read_stores();
  void names_must_exist(const ValueReader& list, const std::set<std::string>& known, std::string_view what);
  std::set<std::string> group_names() const;

  MapReader r_;
  const ProberRegistry& probers_;
  HealthConfig config_;
  std::vector<CheckConfig> checks_;
  std::set<std::string> names_;
  bool groups_declared_ = false;
};

void FileReader::read_groups() {
  std::set<std::string> seen;
  for_each("groups", [&](const ValueReader& value) {
    groups_declared_ = true;
    GroupConfig group;
    MapReader r(value);
    if (r.require("name", group.name)) {
      check_name(member(value, "name"), group.name);
      if (!seen.insert(group.name).second)
        r.problem("name", fmt::format("\"{}\" is defined twice", group.name));
    }
    group.title = group.name;
    r.read("title", group.title);
    r.finish();
    config_.groups.push_back(std::move(group));
  });
}

std::set<std::string> FileReader::group_names() const {
  std::set<std::string> names;
  for (const GroupConfig& group : config_.groups) names.insert(group.name);
  return names;
}

template <class F>
void FileReader::read_checks(std::string_view key, F read_one) {
  std::set<std::string> groups = group_names();
  for_each(key, [&](const ValueReader& value) {
    CheckConfig check = read_one(value);
    if (checks_.size() == kMaxChecks) value.problem(fmt::format("more than {} checks", kMaxChecks));
    if (checks_.size() >= kMaxChecks) return;
    if (!check.name.empty() && !names_.insert(check.name).second) {
      member(value, "name").problem(fmt::format("\"{}\" is defined twice", check.name));
    }
    if (!groups.contains(check.group)) {
      const bool named = value.node().find("group") != nullptr;
      if (groups_declared_ && named) {
        const std::vector<std::string> known(groups.begin(), groups.end());
        member(value, "group")
            .problem(fmt::format("\"{}\" is not in groups{}", check.group, did_you_mean(check.group, known)));
      }
      groups.insert(check.group);
      config_.groups.push_back({check.group, check.group});
    }
    checks_.push_back(std::move(check));
  });
}

void FileReader::names_must_exist(const ValueReader& list, const std::set<std::string>& known,
                                  std::string_view what) {
  const std::vector<std::string> names(known.begin(), known.end());
  for (std::size_t i = 0; i < list.node().items.size(); ++i) {
    const YamlNode& item = list.node().items[i];
    if (item.kind != YamlNode::Kind::Scalar || known.contains(item.scalar)) continue;
    ValueReader(item, fmt::format("{}[{}]", list.path(), i), list.context())
        .problem(fmt::format("there is no {} \"{}\"{}", what, item.scalar, did_you_mean(item.scalar, names)));
  }
}

void FileReader::read_maintenance() {
  const std::set<std::string> groups = group_names();
  for_each("maintenance", [&](const ValueReader& value) {
    MaintenanceConfig maintenance;
    if (!value.decode(maintenance)) return;
    names_must_exist(member(value, "checks"), names_, "check");
    names_must_exist(member(value, "groups"), groups, "group");
    apply(maintenance);
  });
}

void FileReader::apply(const MaintenanceConfig& maintenance) {
  const auto listed = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const bool all = maintenance.checks.empty() && maintenance.groups.empty();
  for (CheckConfig& check : checks_) {
    if (!all && !listed(maintenance.checks, check.name) && !listed(maintenance.groups, check.group)) continue;
    check.maintenance.insert(check.maintenance.end(), maintenance.windows.begin(), maintenance.windows.end());
  }
}

std::vector<Cidr> FileReader::read_networks(MapReader& r, std::string_view key) {
  std::vector<Cidr> networks;
  std::vector<std::string> texts;
  if (!r.read(key, texts)) return networks;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Result<Cidr> network = Cidr::parse(texts[i]);
    if (network) {
      networks.push_back(*network);
    } else if (const auto list = r.at(key)) {
      r.context().problems.add(list->node().items[i].position, fmt::format("{}[{}]", list->path(), i),
                               network.error().message);
    }
  }
  return networks;
}

void FileReader::read_policy() {
  const auto value = r_.at("target_policy");
  if (!value) return;
  MapReader r(*value);
  config_.target_policy.allow = read_networks(r, "allow");
  for (const Cidr& network : read_networks(r, "deny")) config_.target_policy.deny.push_back(network);
  r.finish();
}

void FileReader::read_business() {
  const auto value = r_.at("business");
  if (!value) return;
  MapReader r(*value);
  r.read("checks", config_.business_checks);
  if (const auto list = r.at("checks")) names_must_exist(*list, names_, "check");
  r.finish();
}

void FileReader::read_slos() {
  std::set<std::string> seen;
  for_each("slos", [&](const ValueReader& value) {
    SloConfig slo;
    MapReader r(value);
    if (r.require("name", slo.name)) {
      check_name(member(value, "name"), slo.name);
      if (!seen.insert(slo.name).second) r.problem("name", fmt::format("\"{}\" is defined twice", slo.name));
    }
    if (r.read("objective", slo.objective) && !(slo.objective > 0 && slo.objective < 1)) {
      r.problem("objective", "must be between 0 and 1, such as 0.999");
    }
    if (r.read("window", slo.window) && slo.window <= Duration::zero())
      r.problem("window", "must be more than 0");
    r.require("checks", slo.checks);
    names_must_exist(member(value, "checks"), names_, "check");
    r.read("count_slow", slo.count_slow);
    r.finish();
    config_.slos.push_back(std::move(slo));
  });
}

/// At least a day.
void read_retention(MapReader& r, Duration& out) {
  if (r.read("retention", out) && out < std::chrono::hours(24)) r.problem("retention", "must be at least 1d");
}

void FileReader::read_limits() {
  read_stores();
  if (const auto value = r_.at("api")) {
    MapReader r(*value);
    r.read_secret("token", config_.api_token);
    r.finish();
  }
  if (r_.read("probe_modules_file", config_.probe_modules_file)) {
    config_.probe_modules_file = resolve_beside(r_.context().problems.file(), config_.probe_modules_file);
  }
  if (r_.read("concurrency", config_.concurrency) &&
      (config_.concurrency < 1 || config_.concurrency > 10'000)) {
    r_.problem("concurrency", "must be between 1 and 10000");
  }
}

void FileReader::read_stores() {
  if (const auto value = r_.at("history")) {
    MapReader r(*value);
    read_retention(r, config_.history_retention);
    r.finish();
  }
  if (const auto value = r_.at("events")) {
    MapReader r(*value);
    if (r.read("max", config_.events_max) && (config_.events_max < 1 || config_.events_max > 1'000'000)) {
      r.problem("max", "must be between 1 and 1000000");
    }
    read_retention(r, config_.events_retention);
    r.finish();
  }
}

}  // namespace

Result<HealthConfig> parse_health_config(std::string_view text, const std::string& file, const Files& files,
                                         const ProberRegistry& probers) {
  Problems problems(file);
  const YamlNode root = parse_yaml(text, problems);
  HealthConfig config;
  if (problems.empty()) {
    ReadContext context{files, problems};
    config = FileReader(ValueReader(root, "", context), probers).read();
  }
  if (!problems.empty()) return fail(problems.error());
  return config;
}

Result<HealthConfig> load_health_config(const std::string& path, const Files& files,
                                        const ProberRegistry& probers) {
  const Result<std::string> text = files.read(path, 10_MiB);
  if (!text) return fail(text);
  return parse_health_config(*text, path, files, probers);
}

}  // namespace picket::health
