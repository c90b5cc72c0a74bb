#include "alertd/notify/message_templates.h"

namespace picket::alertd {
namespace {

constexpr std::string_view kDefinitions = R"tmpl(
{{ define "__subject" }}[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}] {{ .GroupLabels.SortedPairs.Values | join " " }}{{ with .CommonAnnotations.summary }} {{ . }}{{ end }}{{ end }}

{{ define "picket.alert.line" }}{{ with .Annotations.summary }}{{ . }}{{ else }}{{ .Labels.alertname }}{{ end }}{{ end }}

{{ define "picket.text" -}}
{{ range .Alerts.Firing }}FIRING since {{ .StartsAt.Format "2006-01-02 15:04:05 UTC" }}: {{ template "picket.alert.line" . }}
{{ with .Annotations.description }}  {{ . }}
{{ end }}{{ range .Labels.SortedPairs }}  {{ .Name }}: {{ .Value }}
{{ end }}{{ with .Annotations.runbook_url }}  runbook: {{ . }}
{{ end }}{{ with .Annotations.dashboard }}{{ if match "^https?://" . }}  dashboard: {{ . }}
{{ end }}{{ end }}
{{ end }}{{ range .Alerts.Resolved }}RESOLVED at {{ .EndsAt.Format "2006-01-02 15:04:05 UTC" }}: {{ template "picket.alert.line" . }}
{{ range .Labels.SortedPairs }}  {{ .Name }}: {{ .Value }}
{{ end }}
{{ end }}{{ with .ExternalURL }}Picket: {{ . }}
{{ end }}{{ end }}

{{ define "picket.html.alert" }}<tr><td style="padding:12px 16px;border-bottom:1px solid #e3e6ea"><b>{{ template "picket.alert.line" . }}</b>{{ with .Annotations.description }}<br>{{ . }}{{ end }}<br><span style="color:#5b6570;font-size:13px">{{ range .Labels.SortedPairs }}{{ .Name }}={{ .Value }} {{ end }}</span><br>{{ with .Annotations.runbook_url }}{{ if match "^https?://" . }}<a href="{{ . }}">Runbook</a>{{ else }}Runbook: {{ . }}{{ end }} {{ end }}{{ with .Annotations.dashboard }}{{ if match "^https?://" . }}<a href="{{ . }}">Dashboard</a> {{ end }}{{ end }}{{ with .GeneratorURL }}<a href="{{ . }}">Expression</a>{{ end }}</td></tr>{{ end }}

{{ define "picket.html" }}<!DOCTYPE html><html><body style="margin:0;font-family:sans-serif;color:#1c2024;background:#f4f5f7"><table role="presentation" width="100%" cellspacing="0" cellpadding="0"><tr><td align="center" style="padding:24px"><table role="presentation" width="600" cellspacing="0" cellpadding="0" style="background:#ffffff;border:1px solid #e3e6ea"><tr><td style="padding:16px;color:#ffffff;background:{{ if eq .Status "firing" }}#b3261e{{ else }}#1e7d43{{ end }}"><b>{{ template "__subject" . }}</b></td></tr>{{ range .Alerts.Firing }}{{ template "picket.html.alert" . }}{{ end }}{{ if .Alerts.Resolved }}<tr><td style="padding:8px 16px;background:#e6f4ea">Resolved</td></tr>{{ range .Alerts.Resolved }}{{ template "picket.html.alert" . }}{{ end }}{{ end }}{{ with .ExternalURL }}<tr><td style="padding:12px 16px;font-size:13px;color:#5b6570">Sent by <a href="{{ . }}">Picket</a></td></tr>{{ end }}</table></td></tr></table></body></html>{{ end }}

{{ define "picket.sms" }}[{{ .Status | toUpper }}] {{ range $i, $a := .Alerts }}{{ if $i }}; {{ end }}{{ $a.Labels.alertname }}{{ with $a.Annotations.summary }}: {{ . }}{{ end }}{{ end }}{{ end }}

{{ define "__alertmanager" }}Picket{{ end }}
{{ define "__alertmanagerURL" }}{{ .ExternalURL }}{{ end }}
{{ define "__description" }}{{ end }}
{{ define "__text_alert_list" }}{{ range . }}Labels:
{{ range .Labels.SortedPairs }} - {{ .Name }} = {{ .Value }}
{{ end }}Annotations:
{{ range .Annotations.SortedPairs }} - {{ .Name }} = {{ .Value }}
{{ end }}Source: {{ .GeneratorURL }}
{{ end }}{{ end }}

{{ define "slack.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "slack.default.titlelink" }}{{ template "__alertmanagerURL" . }}{{ end }}
{{ define "slack.default.username" }}{{ template "__alertmanager" . }}{{ end }}
{{ define "slack.default.callbackid" }}{{ end }}
{{ define "slack.default.pretext" }}{{ end }}
{{ define "slack.default.iconemoji" }}{{ end }}
{{ define "slack.default.iconurl" }}{{ end }}
{{ define "slack.default.footer" }}{{ end }}
{{ define "slack.default.fallback" }}{{ template "__subject" . }}{{ with .ExternalURL }} | {{ . }}{{ end }}{{ end }}
{{ define "slack.default.text" }}{{ range .Alerts }}{{ if eq .Status "firing" }}*firing* {{ else }}*resolved* {{ end }}{{ template "picket.alert.line" . }}{{ with .Annotations.description }}
{{ . }}{{ end }}{{ with .Annotations.runbook_url }}{{ if match "^https?://" . }} <{{ . }}|runbook>{{ end }}{{ end }}
{{ end }}{{ end }}
{{ define "slack.default.color" }}{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}{{ end }}

{{ define "email.default.subject" }}{{ template "__subject" . }}{{ end }}
{{ define "email.default.html" }}{{ template "picket.html" . }}{{ end }}
)tmpl";

}  // namespace

bool read_value(const ValueReader& r, TemplateText& out) {
  if (!r.decode(out.text)) return false;
  out.position = r.node().position;
  return true;
}

bool has_actions(std::string_view text) {
  return text.find("{{") != std::string_view::npos;
}

Result<TemplateLibrary> default_template_library() {
  TemplateLibrary library;
  const Result<void> added =
      library.add({.name = "default.tmpl", .text = std::string(kDefinitions)}, alertmanager_functions());
  if (!added) return fail(added);
  return library;
}

Result<Template> MessageTemplates::compile(const TemplateText& text) const {
  return Template::compile({.name = file_, .text = text.text, .position = text.position},
                           {.functions = &alertmanager_functions(), .library = &library_});
}

}  // namespace picket::alertd
