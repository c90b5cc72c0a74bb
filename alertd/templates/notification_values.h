// The types behind Alertmanager's template values: KV (labels, annotations: .SortedPairs .Names .Values
// .Remove) and Alerts (.Firing .Resolved). notify/ builds the value of a notification from them.
#pragma once

#include "alertd/series/labels.h"
#include "alertd/templates/value.h"

namespace picket::alertd {

/// `{{ .CommonLabels.severity }}`, `{{ range .Labels.SortedPairs }}{{ .Name }}={{ .Value }}{{ end }}`.
Value kv_value(const Labels& labels);

/// What a template sees of one alert.
struct AlertFields {
  std::string status = {};  ///< "firing" or "resolved"
  Labels labels = {};
  Labels annotations = {};
  Timestamp starts_at = {};
  Timestamp ends_at = {};
  std::string generator_url = {};
  std::string fingerprint = {};
};
Value alert_value(const AlertFields& alert);
/// The list with .Firing and .Resolved.
Value alerts_value(ValueList alerts);

/// A struct of the name (for errors), whose missing fields are errors: `.Receiver`, `.Status`, ...
Value notification_value(ValueMap fields);

}  // namespace picket::alertd
