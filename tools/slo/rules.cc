#include "tools/slo/rules.h"

#include <array>

#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::slo {
namespace {

constexpr std::string_view kInterval = "30s";
constexpr std::string_view kPeriodInterval = "2m";  // its sums are over weeks
constexpr std::array<std::string_view, 6> kLongerWindows{"30m", "1h", "2h", "6h", "1d", "3d"};

/// Prometheus 3 shows the bound 1 as "1.0", Prometheus 2 as the client wrote it.
std::string bound_matcher(double bound) {
  const std::string text = plain_number(bound);
  const bool is_whole = text.find_first_not_of("0123456789") == std::string::npos;
  return is_whole ? fmt::format("le=~\"{0}|{0}[.]0\"", text) : fmt::format("le=\"{}\"", text);
}

std::string bucket_rate(const Latency& latency, const std::string& bound) {
  const std::string matchers = latency.matchers.empty() ? bound : latency.matchers + "," + bound;
  return fmt::format("rate({}_bucket{{{}}}[5m])", latency.histogram, matchers);
}

/// One series for each histogram that has such a bucket.
std::string fast_rate(const Latency& latency) {
  std::string fast = bucket_rate(latency, bound_matcher(latency.threshold));
  if (latency.fallback)
    fast += "\n  or ignoring (le) " + bucket_rate(latency, bound_matcher(*latency.fallback));
  return fast;
}

/// Only of histograms with such a bucket: of the others nobody knows which requests were fast.
std::string latency_total(const Latency& latency) {
  return fmt::format("sum({}\n  and ignoring (le) ({}))", bucket_rate(latency, "le=\"+Inf\""),
                     fast_rate(latency));
}

std::string total_expression(const Objective& objective) {
  if (objective.latency) return latency_total(*objective.latency);
  const Events& events = *objective.events;
  return events.alive.empty() ? events.total : fmt::format("{}\nor 0 * sum({})", events.total, events.alive);
}

/// A service without errors may have no series of them, one that only fails none of what is good: both are 0
/// while there is a total.
std::string errors_expression(const Objective& objective) {
  if (objective.latency) {
    return fmt::format("clamp_min(\n  {}\n  - sum({}),\n  0)", latency_total(*objective.latency),
                       fast_rate(*objective.latency));
  }
  const std::string total = total_expression(objective);
  const Events& events = *objective.events;
  if (!events.errors.empty()) return fmt::format("{}\nor 0 * ({})", events.errors, total);
  return fmt::format("clamp_min(\n  ({})\n  - ({}\n  or 0 * ({})),\n  0)", total, events.good, total);
}

/// Errors by events, each summed over the window: a busy hour counts for more than a quiet one, and a window
/// without events is 0 and never NaN.
std::string window_expression(const Objective& objective, std::string_view window) {
  const std::string series = series_of(objective);
  const std::string errors = fmt::format("sum_over_time(slo:sli_errors:rate5m{}[{}])", series, window);
  const std::string total = fmt::format("sum_over_time(slo:sli_total:rate5m{}[{}])", series, window);
  return fmt::format("{} / ({} > 0)\nor 0 * {}", errors, total, total);
}

class Group {
 public:
  Group(const Objective& objective, std::string_view name, std::string_view interval)
      : objective_(objective) {
    text_ = fmt::format("  - name: {}\n", name);
    if (!interval.empty()) text_ += fmt::format("    interval: {}\n", interval);
    text_ += "    rules:\n";
  }

  void record(std::string_view name, const std::string& expression) {
    text_ += fmt::format("      - record: {}\n", name);
    add_expression(expression);
    text_ += fmt::format("        labels: {{slo: \"{}\", service: \"{}\"}}\n", objective_.name,
                         objective_.service);
  }
  void alert(std::string_view name, const std::string& expression, std::string_view hold) {
    text_ += fmt::format("      - alert: {}\n", name);
    add_expression(expression);
    text_ += fmt::format("        for: {}\n        labels:\n", hold);
    text_ += fmt::format("          slo: \"{}\"\n          service: \"{}\"\n          team: \"{}\"\n",
                         objective_.name, objective_.service, objective_.team);
  }
  /// `value` as YAML has it.
  void label(std::string_view name, std::string_view value) {
    text_ += fmt::format("          {}: {}\n", name, value);
  }
  void annotate(const AlertText& text) {
    text_ += fmt::format(
        "        annotations:\n          summary: {}\n          description: {}\n          runbook_url: {}\n"
        "          dashboard: {}\n",
        yaml_scalar(text.summary), yaml_scalar(text.description), yaml_scalar(text.runbook),
        yaml_scalar(text.dashboard));
  }
  std::string text() && { return std::move(text_); }

 private:
  void add_expression(const std::string& expression) {
    if (expression.find_first_of("\n\"#") == std::string::npos) {
      text_ += fmt::format("        expr: {}\n", expression);
      return;
    }
    text_ += fmt::format("        expr: |\n          {}\n", replace_all(expression, "\n", "\n          "));
  }

  const Objective& objective_;
  std::string text_;
};

void record_events(const Objective& objective, Group& group) {
  group.record("slo:objective:ratio", fmt::format("vector({})", plain_number(1 - objective.budget)));
  group.record("slo:error_budget:ratio", fmt::format("vector({})", plain_number(objective.budget)));
  group.record("slo:time_period:days", fmt::format("vector({})", objective.period_days));
  group.record("slo:sli_total:rate5m", total_expression(objective));
  group.record("slo:sli_errors:rate5m", errors_expression(objective));
  // A step of five minutes: each event counts once, and an hour that was only seen in part has only those.
  group.record("slo:sli_total:events1h",
               fmt::format("300 * sum_over_time(slo:sli_total:rate5m{}[1h:5m])", series_of(objective)));
}

void record_ratios(const Objective& objective, Group& group) {
  const std::string series = series_of(objective);
  group.record("slo:sli_error:ratio_rate5m",
               fmt::format("slo:sli_errors:rate5m{0} / (slo:sli_total:rate5m{0} > 0)\n"
                           "or 0 * slo:sli_total:rate5m{0}",
                           series));
  for (const std::string_view window : kLongerWindows) {
    group.record(fmt::format("slo:sli_error:ratio_rate{}", window), window_expression(objective, window));
  }
  group.record("slo:current_burn_rate:ratio",
               fmt::format("slo:sli_error:ratio_rate5m{} / {}", series, plain_number(objective.budget)));
}

std::string period_group(const Objective& objective, const std::string& name) {
  Group group(objective, name, kPeriodInterval);
  const std::string period = fmt::format("{}d", objective.period_days);
  const std::string ratio = "slo:sli_error:ratio_rate" + period;
  group.record(ratio, window_expression(objective, period));
  group.record("slo:period_burn_rate:ratio",
               fmt::format("{}{} / {}", ratio, series_of(objective), plain_number(objective.budget)));
  group.record("slo:period_error_budget_remaining:ratio",
               fmt::format("1 - slo:period_burn_rate:ratio{}", series_of(objective)));
  return std::move(group).text();
}

/// At least so many events within the window.
std::string enough_events(const Objective& objective, std::string_view window, double events) {
  const std::string hourly = "slo:sli_total:events1h" + series_of(objective);
  const std::string count = window == "1h" ? hourly : fmt::format("sum_over_time({}[{}:1h])", hourly, window);
  return fmt::format("and {} >= {}", count, plain_number(events));
}

void add_burn_alert(const Objective& objective, const BurnWindow& window, Group& group) {
  const std::string series = series_of(objective), limit = plain_number(ratio_limit(window, objective));
  group.alert(
      "SLOErrorBudgetBurn",
      fmt::format("slo:sli_error:ratio_rate{0}{2} > {3}\nand slo:sli_error:ratio_rate{1}{2} > {3}\n{4}",
                  window.long_window, window.short_window, series, limit,
                  enough_events(objective, window.long_window, events_min(window, objective))),
      window.hold);
  group.label("severity", window.is_page ? "critical" : "warning");
  group.label("category", json_quote(objective.category));
  group.label("long_window", window.long_window);
  group.label("short_window", window.short_window);
  group.label("burn_rate", fmt::format("\"{:.3g}\"", window.factor));
  group.annotate(burn_text(objective, window));
}

void add_exhausted_alert(const Objective& objective, Group& group) {
  const std::string period = fmt::format("{}d", objective.period_days);
  group.alert("SLOErrorBudgetExhausted",
              fmt::format("slo:period_error_budget_remaining:ratio{} <= 0\n{}", series_of(objective),
                          enough_events(objective, period, period_events_min(objective))),
              "5m");
  group.label("severity", "warning");
  group.label("category", json_quote(objective.category));
  group.annotate(exhausted_text(objective));
}

void add_missing_alert(const Objective& objective, Group& group) {
  const std::string series = series_of(objective);
  std::string expression = fmt::format("slo:objective:ratio{0} unless slo:sli_total:rate5m{0}", series);
  if (objective.optional)
    expression += fmt::format("\nand count_over_time(slo:sli_total:rate5m{}[1d]) > 0", series);
  group.alert("SLOSignalMissing", expression, "10m");
  group.label("severity", "warning");
  group.label("category", "monitoring");
  group.annotate(missing_text(objective));
}

}  // namespace

std::string series_of(const Objective& objective) {
  return fmt::format("{{slo=\"{}\",service=\"{}\"}}", objective.name, objective.service);
}

std::vector<std::string> group_names(const Objective& objective) {
  const std::string name = fmt::format("slo_{}_{}", objective.service, objective.name);
  return {name, name + "_period", name + "_alerts"};
}

std::string recording_groups(const Objective& objective) {
  const std::vector<std::string> names = group_names(objective);
  Group group(objective, names[0], kInterval);
  record_events(objective, group);
  record_ratios(objective, group);
  return std::move(group).text() + period_group(objective, names[1]);
}

std::string alert_group(const Objective& objective) {
  Group group(objective, group_names(objective)[2], "");
  for (const BurnWindow& window : burn_windows(objective)) {
    if (can_fire(window, objective)) add_burn_alert(objective, window, group);
  }
  add_exhausted_alert(objective, group);
  add_missing_alert(objective, group);
  return std::move(group).text();
}

}  // namespace picket::slo
