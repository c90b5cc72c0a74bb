#include "alertd/rules/rule_state.h"

#include <algorithm>

namespace picket::alertd {

std::string_view to_string(AlertState state) {
  switch (state) {
    case AlertState::Inactive:
      return "inactive";
    case AlertState::Pending:
      return "pending";
    case AlertState::Firing:
      return "firing";
  }
  return "inactive";
}

std::string_view to_string(RuleHealth health) {
  switch (health) {
    case RuleHealth::Unknown:
      return "unknown";
    case RuleHealth::Good:
      return "ok";
    case RuleHealth::Bad:
      return "err";
  }
  return "unknown";
}

Labels ActiveAlert::sent_labels() const {
  if (external_labels.empty()) return labels;
  std::vector<Label> all(external_labels.begin(), external_labels.end());
  all.insert(all.end(), labels.begin(), labels.end());  // of two with a name the later one counts
  return Labels(std::move(all));
}

bool ActiveAlert::waits() const {
  if (state == AlertState::Inactive) return false;
  return state == AlertState::Pending || keep_firing_since != kNever || missing_since != kNever;
}

std::size_t RuleState::count(AlertState state) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(alerts, [state](const auto& entry) { return entry.second.state == state; }));
}

bool RuleState::needs_saving() const {
  if (!forgotten.empty() || (!described && !alerts.empty())) return true;
  return std::ranges::any_of(alerts,
                             [](const auto& entry) { return entry.second.dirty || entry.second.waits(); });
}

}  // namespace picket::alertd
