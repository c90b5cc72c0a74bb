// Alertmanager's template functions and values.
#include "alertd/templates/notification_values.h"
#include "base/time/timestamp.h"
#include "tests/alertd/templates/template_case.h"

namespace picket::alertd {
namespace {

using test::run_cases;

Value alert(const std::string& status, const std::string& name) {
  return alert_value({.status = status,
                      .labels = Labels({{"alertname", name}, {"Severity", "page"}, {"zone", "eu"}}),
                      .annotations = Labels({{"summary", name + " is <bad>"}}),
                      .starts_at = from_unix_seconds(1767614400),
                      .ends_at = {},
                      .generator_url = "http://prom/graph",
                      .fingerprint = "0123456789abcdef"});
}

Value notification() {
  return notification_value(
      {{"Receiver", Value("ops")},
       {"Status", Value("firing")},
       {"Alerts",
        alerts_value({alert("firing", "Down"), alert("resolved", "Slow"), alert("firing", "Full")})},
       {"GroupLabels", kv_value(Labels({{"alertname", "Down"}}))},
       {"CommonLabels", kv_value(Labels({{"alertname", "Down"}, {"Severity", "page"}, {"zone", "eu"}}))},
       {"ExternalURL", Value("http://alerts")}});
}

void run(std::initializer_list<test::TemplateCase> cases) {
  run_cases(cases, {.functions = &alertmanager_functions()}, notification(),
            {.environment = {.now = from_unix_seconds(1767614400 + 90)}});
}

TEST(NotificationTemplates, LabelsAreAKeyValueMap) {
  run({{"{{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value }} {{ end }}",
        "alertname=Down Severity=page zone=eu "},
       {"{{ .CommonLabels.zone }}[{{ .CommonLabels.none }}]", "eu[]"},
       {"{{ .CommonLabels.Names | join \",\" }} {{ .CommonLabels.Values | join \",\" }}",
        "alertname,Severity,zone Down,page,eu"},
       {"{{ .CommonLabels.SortedPairs.Values | join \" \" }}", "Down page eu"},
       {"{{ (.CommonLabels.Remove .GroupLabels.Names).Values | join \" \" }}", "page eu"},
       {"{{ with .CommonLabels.Remove (stringSlice \"zone\" \"Severity\") }}{{ .Values }}{{ end }}",
        "[Down]"},
       {"{{ if gt (len .CommonLabels) (len .GroupLabels) }}more{{ end }}", "more"},
       {"{{ .CommonLabels.Names \"x\" }}", "error calling Names: expected no argument", true}});
}

TEST(NotificationTemplates, AlertsAreFilteredByStatus) {
  run({{"{{ .Alerts.Firing | len }}/{{ .Alerts.Resolved | len }}/{{ len .Alerts }}", "2/1/3"},
       {"{{ range .Alerts.Firing }}{{ .Labels.alertname }} {{ .Annotations.summary }};{{ end }}",
        "Down Down is <bad>;Full Full is <bad>;"},
       {"{{ (index .Alerts 0).Fingerprint }} {{ (index .Alerts 1).Status }}", "0123456789abcdef resolved"},
       {"{{ range .Alerts }}{{ .StartsAt.Format \"Jan 02, 2006 15:04:05 UTC\" }}{{ break }}{{ end }}",
        "Jan 05, 2026 12:00:00 UTC"},
       // The default template's subject.
       {"[{{ .Status | toUpper }}{{ if eq .Status \"firing\" }}:{{ .Alerts.Firing | len }}{{ end }}] "
        "{{ .GroupLabels.SortedPairs.Values | join \" \" }} "
        "{{ if gt (len .CommonLabels) (len .GroupLabels) }}({{ with .CommonLabels.Remove .GroupLabels.Names "
        "}}"
        "{{ .Values | join \" \" }}{{ end }}){{ end }}",
        "[FIRING:2] Down (page eu)"},
       {"{{ .Reciever }}", "can't evaluate field Reciever in type *template.Data", true}});
}

TEST(NotificationTemplates, Functions) {
  run({{R"({{ title "aAA bB it's" }} [{{ trimSpace " \n x " }}] {{ toLower "AB" }})", "Aaa Bb It's [x] ab"},
       {R"({{ join ", " (stringSlice "a" "b") }} {{ match "a.c" "xabcx" }} {{ reReplaceAll "b+" "-" "abbc" }})",
        "a, b true a-c"},
       {R"({{ base64encode "hi?" }} {{ base64decode "aGk/" }} {{ urlUnescape "a%20b+c" }} {{ safeUrl "a&b" }})",
        "aGk/ hi? a b c a&b"},
       {R"({{ $d := dict "a" 1 "b" "x" }}{{ $d.b }} {{ index $d "a" }} {{ $d.none }})", "x 1 <no value>"},
       {R"({{ $l := list 1 "a" }}{{ $l = append $l 2 3 }}{{ len $l }} {{ index $l 3 }})", "4 3"},
       {R"({{ list 1 1.5 "<a>" nil true (dict "k" (list)) | toJson }})",
        R"([1,1.5,"\u003ca\u003e",null,true,{"k":[]}])"},
       {"{{ (index .Alerts 0).StartsAt | toJson }} {{ .GroupLabels | toJson }}",
        R"("2026-01-05T12:00:00Z" {"alertname":"Down"})"},
       {R"({{ dict "a" }})", "pairs of a key and a value", true},
       {R"({{ query "up" }})", "function \"query\" not defined", true}});
}

TEST(NotificationTemplates, Times) {
  run({{"{{ $t := (index .Alerts 0).StartsAt }}{{ date \"2006-01-02 3:04PM\" $t }} "
        "{{ $t | tz \"Europe/Paris\" | date \"15:04 MST -07:00\" }}",
        "2026-01-05 12:00PM 13:00 CET +01:00"},
       {"{{ $t := (index .Alerts 0).StartsAt }}{{ since $t | humanizeDuration }} {{ since $t }} {{ now.Unix "
        "}}",
        "1m 30s 1m30s 1767614490"},
       {"{{ (index .Alerts 0).StartsAt }}", "2026-01-05 12:00:00 +0000 UTC"},
       {R"({{ (toDate "2006-01-02" "2026-02-03").Format "Mon Jan _2 06 002" }})", "Tue Feb  3 26 034"},
       {R"({{ (mustToDate "2006-01-02T15:04:05Z07:00" "2026-02-03T04:05:06.5+02:00").UTC.Format "15:04:05.000" }})",
        "02:05:06.500"},
       {R"({{ (toDate "2006-01-02" "x").IsZero }})", "true"},
       {R"({{ mustToDate "2006-01-02" "x" }})",
        "error calling mustToDate: parsing time \"x\" as \"2006-01-02\"", true},
       {"{{ now | tz \"Mars/Base\" }}", "unknown time zone Mars/Base", true}});
}

TEST(GoTime, LayoutsReadWhatTheyWrite) {
  const ZonedTime time{from_unix_millis(1767614400123)};
  for (const std::string layout : {"2006-01-02T15:04:05.000Z07:00", "Mon, 02 Jan 2006 15:04:05.000 -0700",
                                   "January 2 2006 3:4:5.000 PM", "2006-01-02 15:04:05.000 MST"}) {
    Expansion expansion;
    expansion.environment.now = time.time;
    const auto text = test::expand_text(
        "{{ $l := `" + layout + "` }}{{ $t := now }}{{ date $l $t }}|{{ (toDate $l (date $l $t)).Equal $t }}",
        {.functions = &alertmanager_functions()}, Value(), expansion);
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_EQ(text->substr(text->find('|')), "|true") << *text;
  }
}

}  // namespace
}  // namespace picket::alertd
