// What is to be told: the alerts of a group, for one receiver. Source of the fields: Alertmanager's
// template.Data.
#pragma once

#include <string>
#include <vector>

#include "alertd/alerts/alert.h"
#include "alertd/templates/value.h"

namespace picket::alertd {

struct Notification {
  std::string receiver;
  std::string group_key;
  Labels group_labels;
  std::vector<Alert> alerts;  ///< firing first, then resolved; by start, then labels
  std::string external_url;
  std::string reason;  ///< why now: "first", "new_alerts", "resolved", "repeat"
  Timestamp now{};

  bool firing() const;  ///< at least one alert fires
  std::string_view status() const { return firing() ? "firing" : "resolved"; }
  /// Labels and annotations that every alert has with the same value.
  Labels common_labels() const;
  Labels common_annotations() const;
};

/// `.Receiver .Status .Alerts .GroupLabels .CommonLabels .CommonAnnotations .ExternalURL .NotificationReason
/// .GroupKey`
Value to_value(const Notification& notification);

/// "[FIRING:2] ServiceDown (redis)": for lists, logs and as the default subject.
std::string summary_line(const Notification& notification);

}  // namespace picket::alertd
