#include "alertd/notify/notification.h"

#include <algorithm>

#include "alertd/templates/notification_values.h"
#include "base/text/strings.h"

namespace picket::alertd {
namespace {

Labels common(const std::vector<Alert>& alerts, const Labels Alert::*field) {
  std::vector<Label> shared;
  if (alerts.empty()) return Labels();
  for (const Label& label : alerts.front().*field) {
    const bool everywhere = std::ranges::all_of(
        alerts, [&](const Alert& alert) { return (alert.*field).get(label.name) == label.value; });
    if (everywhere) shared.push_back(label);
  }
  return Labels::with_empty_values(std::move(shared));
}

Value alert_to_value(const Alert& alert) {
  return alert_value({.status = alert.resolved() ? "resolved" : "firing",
                      .labels = alert.labels,
                      .annotations = alert.annotations,
                      .starts_at = alert.starts_at,
                      .ends_at = alert.ends_at,
                      .generator_url = alert.generator_url,
                      .fingerprint = alert.fingerprint().to_string()});
}

}  // namespace

bool Notification::firing() const {
  return std::ranges::any_of(alerts, [](const Alert& alert) { return !alert.resolved(); });
}

Labels Notification::common_labels() const {
  return common(alerts, &Alert::labels);
}
Labels Notification::common_annotations() const {
  return common(alerts, &Alert::annotations);
}

Value to_value(const Notification& n) {
  ValueList alerts;
  for (const Alert& alert : n.alerts) alerts.push_back(alert_to_value(alert));
  ValueMap fields;
  fields.emplace("Receiver", Value(n.receiver));
  fields.emplace("Status", Value(n.status()));
  fields.emplace("Alerts", alerts_value(std::move(alerts)));
  fields.emplace("GroupLabels", kv_value(n.group_labels));
  fields.emplace("CommonLabels", kv_value(n.common_labels()));
  fields.emplace("CommonAnnotations", kv_value(n.common_annotations()));
  fields.emplace("ExternalURL", Value(n.external_url));
  fields.emplace("NotificationReason", Value(n.reason));
  fields.emplace("GroupKey", Value(n.group_key));
  return notification_value(std::move(fields));
}

std::string summary_line(const Notification& n) {
  const auto firing = std::ranges::count_if(n.alerts, [](const Alert& alert) { return !alert.resolved(); });
  std::vector<std::string> values;
  for (const Label& label : n.group_labels) values.push_back(label.value);
  const Labels labels = n.common_labels();
  std::string what = values.empty() ? labels.get("alertname") : join(values, " ");
  std::vector<std::string> rest;
  for (const Label& label : labels) {
    if (!n.group_labels.has(label.name) && label.name != "alertname" && label.name != "job" &&
        label.name != "instance")
      rest.push_back(label.value);
  }
  if (!rest.empty()) what += " (" + join(rest, " ") + ")";
  return firing > 0 ? fmt::format("[FIRING:{}] {}", firing, what) : fmt::format("[RESOLVED] {}", what);
}

}  // namespace picket::alertd
