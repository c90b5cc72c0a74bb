#include "alertd/rules/rule_loader.h"

#include <gtest/gtest.h>

#include "alertd/rules/expression_check.h"
#include "tests/support/temp_dir.h"

namespace picket::alertd {
namespace {

const RealFiles kFiles;

Result<LoadedRules> parse(const std::string& text) {
  return parse_rules(text, "r.yml", {.interval = std::chrono::seconds(30)}, kFiles);
}

TEST(RuleLoader, ReadsEveryFieldOfAGroupAndARule) {
  const auto loaded = parse(R"(
groups:
  - name: health
    interval: 15s
    query_offset: 10s
    limit: 7
    labels: {team: ops, severity: low}
    rules:
      - alert: Down
        expr: |
          up{job="api"} == 0
        for: 1m
        keep_firing_for: 5m
        labels: {severity: "{{ $labels.level }}"}
        annotations:
          summary: '{{ $labels.instance }} is down'
      - record: job:up:sum
        expr: sum by (job) (up)
        labels: {team: dev, raw: '{{ no template }}'}
  - name: empty
  - name: other
    rules: [{alert: X, expr: 1}]
)");
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_EQ(loaded->groups.size(), 3U);
  const RuleGroup& group = *loaded->groups[0];
  EXPECT_EQ(group.name, "health");
  EXPECT_EQ(group.interval, std::chrono::seconds(15));
  EXPECT_EQ(group.query_offset, std::chrono::seconds(10));
  EXPECT_EQ(group.limit, 7);
  ASSERT_EQ(group.rules.size(), 1U);
  const AlertingRule& rule = group.rules[0];
  EXPECT_EQ(rule.name, "Down");
  EXPECT_EQ(rule.expr, "up{job=\"api\"} == 0\n");
  EXPECT_EQ(rule.hold, std::chrono::minutes(1));
  EXPECT_EQ(rule.keep_firing_for, std::chrono::minutes(5));
  ASSERT_EQ(rule.labels.size(), 2U);
  EXPECT_EQ(rule.labels[0].value.text(), "{{ $labels.level }}");
  EXPECT_EQ(rule.labels[1].name, "team");
  EXPECT_EQ(rule.position.line, 9);
  ASSERT_EQ(group.recording_rules.size(), 1U);
  const RecordingRule& recording = group.recording_rules[0];
  EXPECT_EQ(recording.name, "job:up:sum");
  EXPECT_EQ(recording.expr, "sum by (job) (up)");
  EXPECT_EQ(recording.labels, (std::map<std::string, std::string>{
                                  {"raw", "{{ no template }}"}, {"severity", "low"}, {"team", "dev"}}));
  EXPECT_EQ(recording.alerting_rules_before, 1U);
  EXPECT_EQ(recording.position.line, 17);
  EXPECT_EQ(loaded->groups[2]->interval, std::chrono::seconds(30));
}

TEST(RuleLoader, NamesFileLineAndColumnOfEveryProblem) {
  struct Case {
    std::string text;
    std::string problem;
  };
  const std::string head = "groups:\n- name: g\n  rules:\n";
  const Case cases[] = {
      {"groups: [{name: g}, {name: g}]", "a second group is named \"g\""},
      {"groups: [{rules: []}]", "name: is required"},
      {"groups: [{name: ''}]", "name: is empty"},
      {"grups: []", "r.yml:1:1: unknown key \"grups\" (did you mean \"groups\"?)"},
      {"groups:\n- name: g\n  intervall: 5s\n", "r.yml:3:3: groups[0]: unknown key \"intervall\""},
      {head + "  - alert: A\n    expr: up\n    foor: 5m\n",
       "r.yml:6:5: groups[0].rules[0]: unknown key \"foor\""},
      {head + "  - alert: A\n", "rules[0].expr: is required"},
      {head + "  - alert: A\n    expr: ''\n", "r.yml:5:11: groups[0].rules[0].expr: is empty"},
      {head + "  - alert: A\n    expr: sum(up\n", "\"(\" is not closed"},
      {head + "  - alert: A\n    expr: up{a=\"b}\n", "a quoted text is not closed"},
      {head + "  - expr: up\n", "needs \"alert\" or \"record\""},
      {head + "  - alert: A\n    record: b\n    expr: up\n", "together with \"alert\""},
      {head + "  - record: b\n    expr: up\n    for: 5m\n", "is not for recording rules"},
      {head + "  - record: b\n    expr: up\n    labels: {__name__: x}\n", "is not a label name"},
      {head + "  - record: 'a{b}'\n    expr: up\n", "is not a metric name"},
      {head + "  - alert: A\n    expr: up\n    for: 5 minutes\n", "r.yml:6:10: groups[0].rules[0].for:"},
      {head + "  - alert: A\n    expr: up\n    labels: {__name__: x}\n", "is not a label name"},
      {head + "  - alert: A\n    expr: up\n    labels: {a: [1]}\n", "rules[0].labels.a"},
      {head + "  - alert: A\n    expr: up\n    annotations:\n      text: '{{ foo }}'\n",
       "r.yml:7:17: groups[0].rules[0].annotations.text: function \"foo\" not defined"},
      {head +
           "  - alert: A\n    expr: up\n    annotations:\n      text: |\n        line\n        {{ .X | }}\n",
       "r.yml:9:"},
      {head + "  - alert: A\n    expr: up\n    labels: {a: \"{{ $valu }}\"}\n",
       "undefined variable \"$valu\""},
  };
  for (const Case& c : cases) {
    const auto loaded = parse(c.text);
    ASSERT_FALSE(loaded) << c.text;
    EXPECT_NE(loaded.error().message.find(c.problem), std::string::npos) << c.text << "\n"
                                                                         << loaded.error().message;
  }
}

TEST(RuleLoader, ReportsSeveralProblemsAtOnce) {
  const auto loaded = parse("groups: [{name: g, rules: [{alert: A}, {expr: x, alert: B, foo: 1}]}]");
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find("rules[0].expr"), std::string::npos);
  EXPECT_NE(loaded.error().message.find("unknown key \"foo\""), std::string::npos);
}

TEST(RuleLoader, IdentitiesAreOfGroupNameAndLabelsAndFormerKeysOfTheFileToo) {
  const auto one = parse(
      "groups: [{name: g, rules: [{alert: A, expr: x, labels: {s: a}}, {alert: A, expr: y}, {alert: A, expr: "
      "z}]}]");
  const auto two = parse("groups: [{name: g, rules: [{alert: A, expr: x2, for: 5m, labels: {s: a}}]}]");
  ASSERT_TRUE(one && two);
  const auto& rules = one->groups[0]->rules;
  EXPECT_EQ(rules[0].identity, two->groups[0]->rules[0].identity);
  EXPECT_EQ(rules[0].identity, "g;A{s=\"a\"}");
  EXPECT_EQ(rules[2].identity, "g;A{}");
  EXPECT_EQ(rules[0].former_key, "r.yml;g;A{s=\"a\"}");
  EXPECT_EQ(rules[1].former_key, "r.yml;g;A{}");
  EXPECT_EQ(rules[2].former_key, "r.yml;g;A{}#1");
}

TEST(RuleLoader, FindsFilesByGlobBesideTheConfigFile) {
  const picket::test::TempDir dir;
  RealFiles files;
  const std::string base = dir.path() + "/conf";
  ASSERT_TRUE(files.make_directories(base + "/rules", 0700));
  const std::string rule = "groups: [{name: g, rules: [{alert: A, expr: up}]}]";
  ASSERT_TRUE(files.write_atomic(base + "/rules/b.yml", rule, 0600));
  ASSERT_TRUE(files.write_atomic(base + "/rules/a.yml", rule, 0600));
  const auto loaded =
      load_rules({"rules/*.yml", "rules/a.yml", "none/*.yml"}, base + "/alertd.yml", {}, files);
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_EQ(loaded->files.size(), 2U);
  EXPECT_EQ(loaded->groups[0]->rules[0].former_key, "rules/a.yml;g;A{}");
  const auto missing = load_rules({"rules/c.yml"}, base + "/alertd.yml", {}, files);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, "rule_files: there is no file rules/c.yml");
  ASSERT_TRUE(files.write_atomic(base + "/rules/c.yml", "groups: 1", 0600));
  ASSERT_TRUE(files.write_atomic(base + "/rules/d.yml", "x: 1", 0600));
  const auto bad = load_rules({"rules/*.yml"}, base + "/alertd.yml", {}, files);
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find("c.yml:1:"), std::string::npos) << bad.error().message;
  EXPECT_NE(bad.error().message.find("d.yml:1:"), std::string::npos);
}

TEST(ExpressionCheck, SeesQuotesBracketsAndComments) {
  EXPECT_EQ(check_expression("sum by (a) (rate(x{b=~\"(\"}[5m])) > 1 # a ( comment"), "");
  EXPECT_EQ(check_expression("x{a='\\'('} or y{b=`\\`}"), "");
  EXPECT_EQ(check_expression("# nothing"), "is empty");
  EXPECT_EQ(check_expression("x)"), "unexpected \")\"");
  EXPECT_EQ(check_expression("x{(}"), "unexpected \"}\"");
  EXPECT_EQ(check_expression("x['"), "a quoted text is not closed");
}

}  // namespace
}  // namespace picket::alertd
