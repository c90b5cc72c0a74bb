#include "base/text/escape.h"
#include "tools/slo/rules.h"

namespace picket::slo {
namespace {

std::string runbook_of(const Objective& objective, std::string_view alert) {
  return objective.runbook.empty() ? fmt::format("docs/runbooks/{}.md", alert) : objective.runbook;
}

std::string dashboard_of(const Objective& objective) {
  return fmt::format("d/fleet-slo?var-service={}&var-slo={}", objective.service, objective.name);
}

/// As the last sentence.
std::string sentence(const std::string& text) {
  if (text.empty()) return "";
  return " " + text + (text.ends_with('.') ? "" : ".");
}

/// "50 hours", "10 days": until the budget of the period is gone.
std::string time_to_empty(const Objective& objective, const BurnWindow& window) {
  const double hours = objective.period_days * 24 / window.factor;
  return hours < 72 ? fmt::format("{:.3g} hours", hours) : fmt::format("{:.3g} days", hours / 24);
}

}  // namespace

AlertText burn_text(const Objective& objective, const BurnWindow& window) {
  AlertText text;
  text.summary =
      fmt::format("SLO {} of {} burns {:.3g}x its budget", objective.name, objective.service, window.factor);
  text.description = fmt::format(
      "{{{{ $value | humanizePercentage }}}} of the events of the last {} are errors, where {} % "
      "are allowed; at this pace the error budget of {} days is gone in {} or sooner. First: see on "
      "the dashboard since when, and what changed then.{}",
      window.long_window, plain_number(objective.budget * 100), objective.period_days,
      time_to_empty(objective, window), sentence(objective.description));
  text.runbook = runbook_of(objective, "SLOErrorBudgetBurn");
  text.dashboard = dashboard_of(objective);
  return text;
}

AlertText exhausted_text(const Objective& objective) {
  AlertText text;
  text.summary = fmt::format("SLO {} of {} has no error budget left", objective.name, objective.service);
  text.description = fmt::format(
      "{{{{ $value | humanizePercentage }}}} of the error budget of {} days is left: fewer than {} "
      "% of the events were good. First: see on the dashboard when it was spent and whether it still is.{}",
      objective.period_days, percent(objective), sentence(objective.description));
  text.runbook = runbook_of(objective, "SLOErrorBudgetExhausted");
  text.dashboard = dashboard_of(objective);
  return text;
}

AlertText missing_text(const Objective& objective) {
  AlertText text;
  text.summary = fmt::format("SLO {} of {} has no signal", objective.name, objective.service);
  text.description = fmt::format(
      "Prometheus has no series of what this objective of {} % counts: its other alerts cannot fire. First: see "
      "whether the service is still scraped, and whether its metrics have new names.{}",
      percent(objective), sentence(objective.description));
  text.runbook = "docs/runbooks/SLOSignalMissing.md";
  text.dashboard = dashboard_of(objective);
  return text;
}

std::string yaml_scalar(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./?=&:";
  const bool is_path = text.starts_with("d") || text.starts_with("http");
  const bool is_plain =
      is_path && text.find_first_not_of(kPlain) == std::string::npos && !text.ends_with(':');
  return is_plain ? text : json_quote(text);
}

}  // namespace picket::slo
