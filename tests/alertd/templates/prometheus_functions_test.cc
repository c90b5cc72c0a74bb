// Prometheus' template functions, on the cases of its own tests.
#include <cmath>
#include <limits>
#include <map>

#include "base/time/timestamp.h"
#include "tests/alertd/templates/template_case.h"

namespace picket::alertd {
namespace {

using test::run_cases;

/// Answers fixed vectors.
class FixedEngine final : public QueryEngine {
 public:
  std::map<std::string, std::vector<Sample>> answers;

  Result<Vector> instant(const Query& query, Timestamp) override {
    const auto found = answers.find(query.expr);
    if (found == answers.end()) return fail(ErrorKind::InvalidInput, "unknown metric");
    Vector vector;
    vector.samples = found->second;
    return vector;
  }
};

const ValueType kData = {.name = "rules.AlertTemplateData"};

Value data_of(double value) {
  return Value::record({{"Labels", Value::strings(Labels({{"instance", "web1:9090"}, {"__name__", "up"}}))},
                        {"ExternalLabels", Value::strings(Labels({{"region", "eu"}}))},
                        {"ExternalURL", Value("https://prom.example.com/p")},
                        {"Value", Value(value)}},
                       kData);
}

class PrometheusFunctions : public testing::Test {
 protected:
  void run(std::initializer_list<test::TemplateCase> cases, double value = 1.5) {
    engine_.answers["metric"] = {
        {Labels({{"__name__", "metric"}, {"instance", "b"}, {"__value__", "b-text"}}), 21, {}},
        {Labels({{"__name__", "metric"}, {"instance", "a"}}), 11, {}}};
    engine_.answers["none"] = {};
    run_cases(cases, rule_template_options(), data_of(value),
              {.environment = {.engine = &engine_,
                               .now = from_unix_seconds(1435065584.5),
                               .external_url = "https://prom.example.com/p"}});
  }

  FixedEngine engine_;
};

TEST_F(PrometheusFunctions, VariablesStandForTheSample) {
  run({{"{{$labels.instance}} {{.Labels.instance}} {{$value}} {{.Value}}", "web1:9090 web1:9090 1.5 1.5"},
       {"{{$externalLabels.region}} {{$externalURL}} {{externalURL}}{{pathPrefix}}",
        "eu https://prom.example.com/p https://prom.example.com/p/p"},
       {"[{{$labels.missing}}]", "[]"},
       {"{{if gt $value 1.0}}high{{end}} {{$labels.__name__}}", "high up"},
       {"{{define \"x\"}}{{$labels.a}}{{end}}", "undefined variable \"$labels\"", true}});
}

TEST_F(PrometheusFunctions, QueriesAndTheirSamples) {
  run({{R"({{range query "metric"}}{{.Labels.instance}}:{{.Value}}: {{end}})", "b:21: a:11: "},
       {R"({{range query "metric" | sortByLabel "instance"}}{{.Labels.instance}}:{{.Value}}: {{end}})",
        "a:11: b:21: "},
       {R"({{query "metric" | first | value}})", "21"},
       {R"({{query "metric" | sortByLabel "instance" | first | label "instance"}})", "a"},
       {R"({{query "metric" | first | strvalue}}|{{(query "metric" | first).Value}})", "b-text|21"},
       {R"({{range query "none"}}x{{else}}nothing{{end}})", "nothing"},
       {R"({{with query "metric"}}{{. | first | value | humanize}}{{end}})", "21"},
       {R"({{query "none" | first}})", "error calling first: first() called on vector with no elements",
        true},
       {R"({{query "missing"}})", "error calling query: unknown metric", true},
       {R"({{first 1}})", "wrong type", true},
       {R"({{query 3}})", "expected string; got int", true}});
}

TEST_F(PrometheusFunctions, ArgsMakeAMapForTemplates) {
  run({{R"({{define "x"}}{{.arg0}} {{.arg1}}{{end}}{{template "x" (args 1 "2")}})", "1 2"}});
}

TEST_F(PrometheusFunctions, Humanize) {
  run({{"{{humanize 0.0}} {{humanize 1.0}} {{humanize 1234567.0}} {{humanize 0.12}} {{humanize \"2048\"}}",
        "0 1 1.235M 120m 2.048k"},
       {"{{humanize -1234567.0}} {{humanize 1e30}} {{humanize 1e-27}} {{humanize 999.9}} {{humanize 12345}}",
        "-1.235M 1e+06Y 0.001y 999.9 12.35k"},
       {"{{humanize 1024000000.0}} {{humanize 0.00001}}", "1.024G 10u"},
       {"{{humanize1024 0.0}} {{humanize1024 1.0}} {{humanize1024 1048576.0}} {{humanize1024 .12}} "
        "{{humanize1024 1500}}",
        "0 1 1Mi 0.12 1.465ki"},
       {"{{humanizePercentage -0.22222}} {{humanizePercentage 0.0}} {{humanizePercentage 0.1234567}} "
        "{{humanizePercentage 1.23456}} {{humanizePercentage \"0.22222\"}}",
        "-22.22% 0% 12.35% 123.5% 22.22%"},
       {"{{humanizeTimestamp 1435065584.128}} {{humanizeTimestamp 0}}",
        "2015-06-23 13:19:44.128 +0000 UTC 1970-01-01 00:00:00 +0000 UTC"},
       {"{{humanize \"one\"}}", "error calling humanize: \"one\" is not a number", true}});
  run({{"{{humanize $value}} {{humanize1024 $value}} {{humanizeDuration $value}} {{humanizePercentage "
        "$value}} "
        "{{humanizeTimestamp $value}} {{$value}}",
        "+Inf +Inf +Inf +Inf% +Inf +Inf"}},
      INFINITY);
  run({{"{{humanize $value}} {{$value | humanizeDuration}} {{$value}}", "NaN NaN NaN"}}, NAN);
}

TEST_F(PrometheusFunctions, HumanizeDuration) {
  run({{"{{range $v := args 0 1 60 3600 86400 91784}}{{humanizeDuration $v}}:{{end}}",
        "0s:1s:1m 0s:1h 0m 0s:1d 0h 0m 0s:1d 1h 29m 44s:"},
       {"{{humanizeDuration .1}}:{{humanizeDuration .0001}}:{{humanizeDuration .12345}}:{{humanizeDuration "
        "60.1}}:"
        "{{humanizeDuration 1.234567}}:{{humanizeDuration 12.34567}}:{{humanizeDuration "
        "-1}}:{{humanizeDuration -86400.5}}",
        "100ms:100us:123.5ms:1m 0s:1.235s:12.35s:-1s:-1d 0h 0m 0s"},
       {"{{humanizeDuration \"3600\"}} {{toDuration 90 | humanizeDuration}}", "1h 0m 0s 1m 30s"}});
}

TEST_F(PrometheusFunctions, Strings) {
  run({{R"({{title "aa bb CC"}} {{toUpper "aAb"}} {{toLower "aAb"}} {{title "foo_bar-baz"}})",
        "Aa Bb CC AAB aab Foo_bar-Baz"},
       {R"({{match "a+" "aa"}} {{match "a+" "b"}} {{match "^a$" "ba"}})", "true false false"},
       {R"--({{reReplaceAll "(a)b" "x$1" "ab"}} {{reReplaceAll "(\\d+)" "<${1}>" "a1b22"}})--",
        "xa a<1>b<22>"},
       {R"--({{reReplaceAll "(" "" "x"}})--", "error calling reReplaceAll", true},
       {R"({{"1.2.3.4:9090" | stripPort}} {{"[::1]:80" | stripPort}} {{"[::1]" | stripPort}} {{"web1" | stripPort}})",
        "1.2.3.4 ::1 [::1] web1"},
       {R"({{"web1.example.com:9090" | stripDomain}} {{"web1.example.com" | stripDomain}} {{"1.2.3.4:80" | stripDomain}} {{"1.2.3.4" | stripDomain}} {{"web1" | stripDomain}} {{"[::1]:80" | stripDomain}} {{"::1" | stripDomain}})",
        "web1:9090 web1 1.2.3.4:80 1.2.3.4 web1 [::1]:80 ::1"},
       {R"({{safeHtml "<b>"}} {{urlQueryEscape "a b/c"}})", "<b> a+b%2Fc"},
       {R"({{graphLink "up == 0"}} {{tableLink "up"}})",
        "/graph?g0.expr=up+%3D%3D+0&g0.tab=0 /graph?g0.expr=up&g0.tab=1"}});
}

TEST_F(PrometheusFunctions, Times) {
  run({{R"({{parseDuration "1h2m10ms"}} {{parseDuration "-5m"}})", "3720.01 -300"},
       {R"({{parseDuration "x"}})", "error calling parseDuration", true},
       {R"({{(toTime 1435065584.5).Format "2006-01-02T15:04:05Z07:00"}} {{(now | toTime).Year}})",
        "2015-06-23T13:19:44Z 2015"},
       {"{{now | humanizeTimestamp}} {{toDuration 1.5}} {{toTime 0}}",
        "2015-06-23 13:19:44.5 +0000 UTC 1.5s 1970-01-01 00:00:00 +0000 UTC"},
       {"{{(toDuration 3600).Minutes}} {{((toTime 20).Sub (toTime 10)).Seconds}}", "60 10"},
       {"{{toTime \"NaN\"}}", "cannot be represented", true},
       {"{{toTime 1e300}}", "cannot be represented", true}});
}

TEST_F(PrometheusFunctions, AreNotAlertmanagers) {
  run({{"{{join \", \" .Labels}}", "function \"join\" not defined", true}});
}

TEST(ExpandOrError, PutsTheFailureIntoTheText) {
  const auto tmpl = Template::compile({.name = "r.yml", .text = "{{ query \"x\" }}", .position = {3, 5}},
                                      rule_template_options());
  ASSERT_TRUE(tmpl);
  bool failed = false;
  EXPECT_EQ(expand_or_error(*tmpl, data_of(1), {}, failed),
            "<error expanding template: r.yml:3:8: error calling query: there is no data source to query>");
  EXPECT_TRUE(failed);
}

// A label cut inside a character once ended the daemon, at each start again.
TEST_F(PrometheusFunctions, HalfACharacterIsRepaired) {
  run({{R"({{ slice "caf\u00e9" 0 4 }})", "caf\xEF\xBF\xBD"},
       {R"({{ slice "\u20ac" 0 1 }}|{{ slice "\u20ac" 1 }})", "\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD"},
       {R"({{ printf "%.4s" "caf\u00e9" }})", "caf\u00e9"}});
}

}  // namespace
}  // namespace picket::alertd
