// The rules of objectives, as text for rule files: what Prometheus records, and the alerts. Each objective
// has groups of its own, so that one without series disturbs no other. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tools/slo/burn_windows.h"
#include "tools/slo/objective.h"

namespace picket::slo {

/// The groups of recording rules, below "groups:".
std::string recording_groups(const Objective& objective);
/// The group of alerts, below "groups:".
std::string alert_group(const Objective& objective);

/// The names of the groups, in the order in which they depend on each other.
std::vector<std::string> group_names(const Objective& objective);

/// What both kinds of rules and their tests say alike.
struct AlertText {
  std::string summary{};
  std::string description{};  ///< with {{ $value }}
  std::string runbook{};
  std::string dashboard{};
};
AlertText burn_text(const Objective& objective, const BurnWindow& window);
AlertText exhausted_text(const Objective& objective);
AlertText missing_text(const Objective& objective);

/// `{slo="login",service="authd"}`
std::string series_of(const Objective& objective);
/// `text` as a scalar of YAML, quoted when it must be.
std::string yaml_scalar(const std::string& text);

}  // namespace picket::slo
