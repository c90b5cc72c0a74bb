#include "alertd/rules/rule_loader.h"

#include <map>
#include <set>

#include "alertd/rules/rule_file.h"
#include "alertd/rules/stored_rule.h"
#include "alertd/series/labels.h"
#include "base/text/strings.h"

namespace picket::alertd {

namespace {

constexpr Bytes kMaxRuleFile = 10_MiB;

std::string identity_of(const std::string& group, const AlertingRule& rule) {
  std::string identity = group + ";" + rule.name + "{";
  for (const NamedTemplate& label : rule.labels) {
    if (identity.back() != '{') identity += ',';
    identity += label.name + "=" + quote_label_value(label.value.text());
  }
  return identity + '}';
}

void set_identities(RuleGroup& group) {
  std::map<std::string, int> used;
  for (AlertingRule& rule : group.rules) {
    rule.identity = identity_of(group.name, rule);
    const std::string key = short_rule_key(identity_of(group.key, rule));
    const int number = used[key]++;
    rule.former_key = number == 0 ? key : fmt::format("{}#{}", key, number);
  }
}

struct FileNames {
  std::string opened;
  std::string in_keys;
};

Result<void> add_file(std::string_view text, const FileNames& names, const RuleDefaults& defaults,
                      const Files& files, LoadedRules& loaded) {
  auto file = parse_config<RuleFile>(text, names.opened, files);
  if (!file) return fail(file);
  for (RuleFileGroup& read : file->groups) {
    auto group = std::make_shared<RuleGroup>();
    group->name = read.name;
    group->file = names.opened;
    group->key = names.in_keys + ";" + read.name;
    group->interval = read.interval.value_or(defaults.interval);
    group->query_offset = read.query_offset.value_or(defaults.query_offset);
    group->limit = read.limit;
    group->rules = std::move(read.rules);
    group->recording_rules = std::move(read.recording_rules);
    set_identities(*group);
    loaded.groups.push_back(std::move(group));
  }
  loaded.files.push_back(names.opened);
  return {};
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

bool has_wildcard(std::string_view pattern) {
  return pattern.find_first_of("*?[") != std::string_view::npos;
}

/// Every file that the patterns name, once, in their order.
Result<std::vector<std::string>> find_files(const std::vector<std::string>& patterns,
                                            const std::string& config_file, const Files& files) {
  std::vector<std::string> found;
  std::set<std::string> seen;
  for (const std::string& pattern : patterns) {
    const auto matches = files.glob(resolve_beside(config_file, pattern));
    if (!matches) return fail(matches, "rule_files");
    if (matches->empty() && !has_wildcard(pattern)) {
      return fail(ErrorKind::NotFound, fmt::format("rule_files: there is no file {}", pattern));
    }
    for (const std::string& path : *matches) {
      if (seen.insert(path).second) found.push_back(path);
    }
  }
  return found;
}

}  // namespace

Result<LoadedRules> load_rules(const std::vector<std::string>& patterns, const std::string& config_file,
                               const RuleDefaults& defaults, const Files& files) {
  const auto paths = find_files(patterns, config_file, files);
  if (!paths) return fail(paths);
  const std::string folder = folder_of(config_file);
  LoadedRules loaded;
  std::string problems;
  for (const std::string& path : *paths) {
    const auto text = files.read(path, kMaxRuleFile);
    const std::string key = !folder.empty() && path.starts_with(folder) ? path.substr(folder.size()) : path;
    const Result<void> added =
        text ? add_file(*text, {path, key}, defaults, files, loaded) : Result<void>(fail(text, path));
    if (added) continue;
    if (!problems.empty()) problems += '\n';
    problems += added.error().message;
  }
  if (!problems.empty()) return fail(ErrorKind::InvalidInput, problems);
  return loaded;
}

Result<LoadedRules> parse_rules(std::string_view text, const std::string& file, const RuleDefaults& defaults,
                                const Files& files) {
  LoadedRules loaded;
  if (auto added = add_file(text, {file, file}, defaults, files, loaded); !added) return fail(added);
  return loaded;
}

}  // namespace picket::alertd
