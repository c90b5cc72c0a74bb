// Source of the format: prometheus docs, "Recording rules", "Alerting rules"; rulefmt's checks.
#include "alertd/rules/rule_file.h"

#include <algorithm>
#include <set>

#include "alertd/rules/expression_check.h"
#include "alertd/series/labels.h"
#include "alertd/templates/config_template.h"
#include "base/text/escape.h"

namespace picket::alertd {

namespace {

/// One entry of `rules:`, of either kind.
struct AnyRule {
  AlertingRule rule;
  std::optional<RecordingRule> recording;
};

void read_templates(MapReader& r, std::vector<NamedTemplate>& out, bool labels) {
  for (const auto& [name, value] : r.rest()) {
    if (name.empty() || !is_valid_utf8(name) || (labels && name == "__name__")) {
      value.problem(labels ? "is not a label name" : "is not an annotation name");
      continue;
    }
    std::optional<Template> compiled;
    if (read_template(value, rule_template_options(), compiled)) out.push_back({name, std::move(*compiled)});
  }
  std::ranges::sort(out, {}, &NamedTemplate::name);
}

struct LabelTemplates {
  std::vector<NamedTemplate> all;
};
void read_yaml(MapReader& r, LabelTemplates& t) {
  read_templates(r, t.all, true);
}

struct AnnotationTemplates {
  std::vector<NamedTemplate> all;
};
void read_yaml(MapReader& r, AnnotationTemplates& t) {
  read_templates(r, t.all, false);
}

void read_expression(MapReader& r, AlertingRule& rule) {
  if (!r.require("expr", rule.expr)) return;
  if (const std::string wrong = check_expression(rule.expr); !wrong.empty()) r.problem("expr", wrong);
}

/// The labels of recording rules are no templates.
struct PlainLabels {
  std::map<std::string, std::string> all;
};
void read_yaml(MapReader& r, PlainLabels& t) {
  for (const auto& [name, value] : r.rest()) {
    if (name.empty() || !is_valid_utf8(name) || name == "__name__") {
      value.problem("is not a label name");
      continue;
    }
    value.decode(t.all[name]);
  }
}

void read_recording(MapReader& r, const AlertingRule& rule, RecordingRule& recording) {
  recording.expr = rule.expr;
  recording.position = rule.position;
  PlainLabels labels;
  r.read("labels", labels);
  recording.labels = std::move(labels.all);
  const std::string& name = recording.name;
  if (!is_classic_metric_name(name) && (name.empty() || name.find_first_of("{}") != std::string::npos)) {
    r.problem("record", "is not a metric name");
  }
  for (const std::string_view key : {"for", "keep_firing_for", "annotations"}) {
    if (!r.has(key)) continue;
    r.ignore(key);
    r.problem(key, "is not for recording rules");
  }
}

void read_yaml(MapReader& r, AnyRule& any) {
  AlertingRule& rule = any.rule;
  rule.position = r.value().node().position;
  std::string record;
  if (r.read("record", record)) any.recording.emplace().name = record;
  const bool alerting = r.read("alert", rule.name);
  if (any.recording && alerting) r.problem("record", "must not be given together with \"alert\"");
  if (!any.recording && !alerting && !r.has("record") && !r.has("alert"))
    r.problem("", "needs \"alert\" or \"record\"");
  if (alerting && rule.name.empty()) r.problem("alert", "is empty");
  read_expression(r, rule);
  r.read("for", rule.hold);
  r.read("keep_firing_for", rule.keep_firing_for);
  if (any.recording && !alerting) return read_recording(r, rule, *any.recording);
  LabelTemplates labels;
  r.read("labels", labels);
  rule.labels = std::move(labels.all);
  AnnotationTemplates annotations;
  r.read("annotations", annotations);
  rule.annotations = std::move(annotations.all);
}

/// The rule's own labels win over the group's.
void merge_labels(const std::vector<NamedTemplate>& of_group, std::vector<NamedTemplate>& of_rule) {
  for (const NamedTemplate& label : of_group) {
    if (std::ranges::find(of_rule, label.name, &NamedTemplate::name) == of_rule.end())
      of_rule.push_back(label);
  }
  std::ranges::sort(of_rule, {}, &NamedTemplate::name);
}

}  // namespace

void read_yaml(MapReader& r, RuleFileGroup& group) {
  group.position = r.value().node().position;
  if (r.require("name", group.name) && group.name.empty()) r.problem("name", "is empty");
  if (r.read("interval", group.interval) && *group.interval <= Duration::zero()) group.interval.reset();
  r.read("query_offset", group.query_offset);
  if (r.read("limit", group.limit) && group.limit < 0) r.problem("limit", "must not be negative");
  LabelTemplates labels;
  r.read("labels", labels);
  std::vector<AnyRule> rules;
  if (const auto value = r.at("rules"); value && value->node().kind != YamlNode::Kind::Null)
    value->decode(rules);
  for (AnyRule& any : rules) {
    if (any.recording) {
      any.recording->alerting_rules_before = group.rules.size();
      for (const NamedTemplate& label : labels.all) {
        any.recording->labels.try_emplace(label.name, label.value.text());
      }
      group.recording_rules.push_back(std::move(*any.recording));
      continue;
    }
    merge_labels(labels.all, any.rule.labels);
    group.rules.push_back(std::move(any.rule));
  }
}

void read_yaml(MapReader& r, RuleFile& f) {
  if (const auto value = r.at("groups"); value && value->node().kind != YamlNode::Kind::Null) {
    value->decode(f.groups);
  }
  std::set<std::string> names;
  for (const RuleFileGroup& group : f.groups) {
    if (group.name.empty() || names.insert(group.name).second) continue;
    r.context().problems.add(group.position, "groups",
                             fmt::format("a second group is named \"{}\"", group.name));
  }
}

}  // namespace picket::alertd
