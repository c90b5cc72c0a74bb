#include "alertd/api/rule_filter.h"

#include <algorithm>
#include <array>
#include <limits>

#include "alertd/series/go_string.h"
#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket::alertd {
namespace {

Failure bad_parameter(std::string_view name, std::string_view why) {
  return fail(ErrorKind::InvalidInput, fmt::format("invalid parameter {}: {}", quote_go(name), why));
}

std::string first(const Target& target, std::string_view name) {
  const std::string* value = target.param(name);
  return value == nullptr ? "" : *value;
}

std::set<std::string> all(const Target& target, std::string_view name) {
  const std::vector<std::string> values = target.params(name);
  return {values.begin(), values.end()};
}

bool admits(const std::set<std::string>& wanted, const std::string& value) {
  return wanted.empty() || wanted.contains(value);
}

Result<void> read_type(const Target& target, RuleFilter& filter) {
  const std::string type = to_lower(first(target, "type"));
  if (!type.empty() && type != "alert" && type != "record")
    return bad_parameter("type", "not supported value " + quote_go(type));
  filter.alerting = type != "record";
  filter.recording = type != "alert";
  return {};
}

/// The words of Go's strconv.ParseBool.
Result<void> read_exclude_alerts(const Target& target, RuleFilter& filter) {
  constexpr std::array<std::string_view, 6> kTrue = {"1", "t", "T", "true", "TRUE", "True"};
  constexpr std::array<std::string_view, 7> kFalse = {"", "0", "f", "F", "false", "FALSE", "False"};
  const std::string value = first(target, "exclude_alerts");
  filter.exclude_alerts = std::ranges::find(kTrue, value) != kTrue.end();
  if (filter.exclude_alerts || std::ranges::find(kFalse, value) != kFalse.end()) return {};
  return bad_parameter("exclude_alerts", "not a boolean: " + quote_go(value));
}

Result<void> read_matchers(const Target& target, RuleFilter& filter) {
  bool any_not_empty = false;
  for (const std::string& text : target.params("match[]")) {
    Result<Matchers> matchers = parse_matchers(text);
    if (!matchers) return bad_parameter("match[]", matchers.error().message);
    any_not_empty |= std::ranges::any_of(*matchers, [](const Matcher& m) { return !m.matches(""); });
    filter.matchers.push_back(std::move(*matchers));
  }
  if (!filter.matchers.empty() && !any_not_empty)
    return bad_parameter("match[]", "match[] must contain at least one non-empty matcher");
  return {};
}

Result<void> read_page(const Target& target, RuleFilter& filter) {
  filter.group_next_token = first(target, "group_next_token");
  const std::string limit = first(target, "group_limit");
  if (limit.empty()) {
    if (filter.group_next_token.empty()) return {};
    return bad_parameter("group_next_token",
                         "group_limit needs to be present in order to paginate over the groups");
  }
  const Result<std::int64_t> number = parse_int(limit);
  if (!number || *number > std::numeric_limits<std::int32_t>::max())
    return bad_parameter("group_limit", "group_limit needs to be a valid number: " + quote_go(limit));
  if (*number <= 0) return bad_parameter("group_limit", "group_limit needs to be greater than 0");
  filter.group_limit = *number;
  return {};
}

bool any_matches(const std::vector<Matchers>& sets, const Labels& labels) {
  return sets.empty() ||
         std::ranges::any_of(sets, [&](const Matchers& set) { return matches_all(set, labels); });
}

}  // namespace

bool RuleFilter::has_group(const RuleGroup& group) const {
  return admits(groups, group.name) && admits(files, group.file);
}

bool RuleFilter::has_rule(const AlertingRule& rule) const {
  if (!alerting || !admits(names, rule.name)) return false;
  if (matchers.empty()) return true;
  std::vector<Label> labels;
  labels.reserve(rule.labels.size());
  for (const NamedTemplate& label : rule.labels) labels.push_back({label.name, label.value.text()});
  return any_matches(matchers, Labels(std::move(labels)));
}

bool RuleFilter::has_rule(const RecordingRule& rule) const {
  if (!recording || !admits(names, rule.name)) return false;
  if (matchers.empty()) return true;
  std::vector<Label> labels;
  labels.reserve(rule.labels.size());
  for (const auto& [name, value] : rule.labels) labels.push_back({name, value});
  return any_matches(matchers, Labels(std::move(labels)));
}

Result<RuleFilter> parse_rule_filter(const Target& target) {
  RuleFilter filter;
  filter.names = all(target, "rule_name[]");
  filter.groups = all(target, "rule_group[]");
  filter.files = all(target, "file[]");
  for (const auto read : {read_matchers, read_type, read_exclude_alerts, read_page}) {
    if (const Result<void> done = read(target, filter); !done) return fail(done);
  }
  return filter;
}

std::string group_token(const RuleGroup& group) {
  return hex_encode(sha1(group.label()));
}

}  // namespace picket::alertd
