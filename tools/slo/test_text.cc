#include "tools/slo/test_text.h"

#include "base/text/strings.h"

namespace picket::slo {
namespace {

/// "10x23 0x5 stale": n + 1 samples by xn.
std::string values_of(const Course& course, double Stretch::*rate) {
  std::string values;
  for (const Stretch& stretch : course) {
    values +=
        fmt::format("{}x{} ", plain_number(stretch.*rate), stretch.minutes / TestText::kStepMinutes - 1);
  }
  return values + "stale";
}

/// As the template function humanizePercentage wrote it.
std::string with_value(const std::string& text, const std::string& value) {
  return replace_all(text, "{{ $value | humanizePercentage }}", value);
}

}  // namespace

TestText::TestText(std::span<const Objective> objectives, const std::vector<std::string>& rule_files)
    : objectives_(objectives) {
  text_ = fmt::format("rule_files: [{}]\nevaluation_interval: {}m\ngroup_eval_order:\n",
                      join(rule_files, ", "), kStepMinutes);
  for (const Objective& objective : objectives) {
    for (const std::string& name : group_names(objective)) text_ += fmt::format("  - {}\n", name);
  }
  text_ += "\ntests:";
}

void TestText::add_series(const Objective& objective, const Course& course) {
  if (course.empty()) return;
  const auto add = [&](std::string_view metric, double Stretch::*rate) {
    text_ += fmt::format("      - {{series: '{}{}', values: \"{}\"}}\n", metric, series_of(objective),
                         values_of(course, rate));
  };
  add("slo:sli_total:rate5m", &Stretch::total);
  add("slo:sli_errors:rate5m", &Stretch::errors);
}

void TestText::begin(std::string_view name, const std::function<Course(const Objective&)>& course_of) {
  text_ += fmt::format("\n  - name: {}\n    interval: {}m\n    input_series:\n", name, kStepMinutes);
  const std::size_t before = text_.size();
  for (const Objective& objective : objectives_) add_series(objective, course_of(objective));
  if (text_.size() == before) text_ += "      []\n";
  text_ += "    promql_expr_test:\n";
  has_told_ = false;
}

void TestText::ask(int minute, const std::string& query, const std::vector<Sample>& samples) {
  std::vector<std::string> expected;
  expected.reserve(samples.size());
  for (const auto& [labels, value] : samples)
    expected.push_back(fmt::format("{{labels: '{}', value: {}}}", labels, value));
  text_ += fmt::format("      - {{eval_time: {}m, expr: '{}', exp_samples: [{}]}}\n", minute, query,
                       join(expected, ", "));
}

void TestText::tell(int minute, std::string_view alert, const std::vector<ExpectedAlert>& alerts) {
  if (!has_told_) text_ += "    alert_rule_test:\n";
  has_told_ = true;
  text_ += fmt::format("      - eval_time: {}m\n        alertname: {}\n        exp_alerts:{}\n", minute,
                       alert, alerts.empty() ? " []" : "");
  for (const auto& [objective, text, value, labels] : alerts) {
    text_ += fmt::format(
        "          - exp_labels: {{slo: \"{}\", service: \"{}\", team: \"{}\", {}}}\n"
        "            exp_annotations:\n"
        "              summary: {}\n              description: {}\n"
        "              runbook_url: {}\n              dashboard: {}\n",
        objective.name, objective.service, objective.team, labels, yaml_scalar(text.summary),
        yaml_scalar(with_value(text.description, value)), yaml_scalar(text.runbook),
        yaml_scalar(text.dashboard));
  }
}

}  // namespace picket::slo
