#include "alertd/rules/alert_expander.h"

#include <algorithm>

namespace picket::alertd {

namespace {

constexpr std::string_view kMetricName = "__name__";
constexpr std::string_view kAlertName = "alertname";

bool all_literal(const std::vector<NamedTemplate>& templates) {
  return std::ranges::all_of(templates, [](const NamedTemplate& t) { return t.value.is_literal(); });
}

const ValueType& data_type() {
  static const ValueType type = {.name = "rules.AlertTemplateData"};
  return type;
}

}  // namespace

AlertExpander::AlertExpander(const AlertingRule& rule, const EvaluationContext& context)
    : rule_(rule),
      external_labels_(Value::strings(context.external_labels)),
      external_url_(context.environment.external_url),
      literal_(all_literal(rule.labels) && all_literal(rule.annotations)) {
  expansion_.environment = context.environment;
  expansion_.environment.now = context.now;
}

std::string AlertExpander::text_of(const Template& tmpl, const Value& dot) {
  if (tmpl.is_literal()) return tmpl.text();
  bool failed = false;
  std::string text = expand_or_error(tmpl, dot, expansion_, failed);
  failures_ += failed ? 1 : 0;
  return text;
}

ActiveAlert AlertExpander::expand(const Sample& sample) {
  Value dot;
  if (!literal_) {
    dot = Value::record({{"Labels", Value::strings(sample.labels)},
                         {"ExternalLabels", external_labels_},
                         {"ExternalURL", external_url_},
                         {"Value", Value(sample.value)}},
                        data_type());
  }
  std::vector<Label> labels;
  labels.reserve(sample.labels.size() + rule_.labels.size() + 1);
  for (const Label& label : sample.labels) {
    if (label.name != kMetricName) labels.push_back(label);
  }
  for (const NamedTemplate& label : rule_.labels) labels.push_back({label.name, text_of(label.value, dot)});
  labels.push_back({std::string(kAlertName), rule_.name});
  std::vector<Label> annotations;
  annotations.reserve(rule_.annotations.size());
  for (const NamedTemplate& note : rule_.annotations)
    annotations.push_back({note.name, text_of(note.value, dot)});
  ActiveAlert alert;
  alert.labels = Labels(std::move(labels));
  alert.annotations = Labels::with_empty_values(std::move(annotations));
  alert.value = sample.value;
  alert.active_at = expansion_.environment.now;
  return alert;
}

}  // namespace picket::alertd
