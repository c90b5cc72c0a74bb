#include "tools/slo/rule_tests.h"

#include <algorithm>
#include <cmath>

#include "tools/slo/test_text.h"

namespace picket::slo {
namespace {

using Objectives = std::span<const Objective>;

/// So many events a second that every floor is passed within the first hour.
double busy(const Objective& objective) {
  double events = period_events_min(objective);
  for (const BurnWindow& window : burn_windows(objective))
    events = std::max(events, events_min(window, objective));
  return std::ceil(events / 3600) * 10;
}

Stretch errors_at(const Objective& objective, double ratio, int minutes) {
  const double total = busy(objective);
  return {total, total * std::min(ratio, 1.0), minutes};
}

/// As the template function humanizePercentage.
std::string humanized(double ratio) {
  return fmt::format("{:.4g}%", ratio * 100);
}

/// `more` are matchers, such as `long_window="1h"`.
std::string alerts_of(const Objective& objective, std::string_view alert, std::string_view state,
                      const std::string& more = "") {
  return fmt::format("ALERTS{{alertname=~\"{}\",alertstate=~\"{}\",slo=\"{}\",service=\"{}\"{}}}", alert,
                     state, objective.name, objective.service, more.empty() ? "" : "," + more);
}

std::string sum_of(std::string_view series, const Objective& objective) {
  return fmt::format("round(sum({}{}), 0.000001)", series, series_of(objective));
}

/// Which windows of the objective alert: those that can and that `fires` picks.
void ask_burning(TestText& text, int minute, const Objective& objective,
                 const std::function<bool(const BurnWindow&)>& fires) {
  std::vector<Sample> expected;
  for (const BurnWindow& window : burn_windows(objective)) {
    if (!can_fire(window, objective) || !fires(window)) continue;
    expected.push_back({fmt::format("{{long_window=\"{}\"}}", window.long_window), "1"});
  }
  text.ask(minute,
           fmt::format("count by (long_window) ({})", alerts_of(objective, "SLOErrorBudgetBurn", "firing")),
           expected);
}

void ask_alert(TestText& text, int minute, const std::string& alerts, bool is_there) {
  text.ask(minute, fmt::format("count({})", alerts),
           is_there ? std::vector<Sample>{{"{}", "1"}} : std::vector<Sample>{});
}

constexpr int kSettled = 175;  // minutes: every alert on errors since the beginning fires

/// Errors at one ratio all the time, `side` of the limit of that window.
double ratio_at(const Objective& objective, std::size_t number, double side) {
  return std::min(1.0, side * ratio_limit(burn_windows(objective).at(number), objective));
}

void tell_burning(TestText& text, Objectives objectives, double side) {
  std::vector<ExpectedAlert> burning, exhausted;
  for (const Objective& objective : objectives) {
    const double ratio = ratio_at(objective, 0, side);
    for (const BurnWindow& window : burn_windows(objective)) {
      if (!can_fire(window, objective)) continue;
      burning.push_back(
          {objective, burn_text(objective, window), humanized(ratio),
           fmt::format(
               "severity: {}, category: \"{}\", long_window: {}, short_window: {}, burn_rate: \"{:.3g}\"",
               window.is_page ? "critical" : "warning", objective.category, window.long_window,
               window.short_window, window.factor)});
    }
    exhausted.push_back({objective, exhausted_text(objective), humanized(1 - ratio / objective.budget),
                         fmt::format("severity: warning, category: \"{}\"", objective.category)});
  }
  text.tell(kSettled, "SLOErrorBudgetBurn", burning);
  text.tell(kSettled, "SLOErrorBudgetExhausted", exhausted);
}

void add_constant_errors(TestText& text, Objectives objectives, std::size_t number, double side) {
  const auto window = burn_windows(objectives[0]).at(number).long_window;
  text.begin(fmt::format("errors just {} what the {} window allows", side > 1 ? "above" : "below", window),
             [&](const Objective& objective) {
               return Course{errors_at(objective, ratio_at(objective, number, side), 180)};
             });
  for (const Objective& objective : objectives) {
    const double ratio = ratio_at(objective, number, side);
    ask_burning(text, kSettled, objective,
                [&](const BurnWindow& other) { return ratio > ratio_limit(other, objective); });
    ask_alert(text, kSettled, alerts_of(objective, "SLOErrorBudgetExhausted", "firing"),
              ratio > objective.budget);
  }
  if (number == 0 && side > 1) tell_burning(text, objectives, side);
}

void add_idle(TestText& text, Objectives objectives) {
  text.begin("a service that nobody uses for two hours has no errors then, and keeps its budget",
             [](const Objective& objective) {
               return Course{errors_at(objective, objective.budget / 2, 60), {0, 0, 120}};
             });
  for (const Objective& objective : objectives) {
    for (const std::string_view window : {"5m", "30m", "1h"})
      text.ask(kSettled, sum_of(fmt::format("slo:sli_error:ratio_rate{}", window), objective), {{"{}", "0"}});
    text.ask(kSettled, sum_of("slo:period_error_budget_remaining:ratio", objective), {{"{}", "0.5"}});
    ask_alert(text, kSettled, alerts_of(objective, "SLO.*", ".*"), false);
  }
  for (const std::string_view alert : {"SLOErrorBudgetBurn", "SLOErrorBudgetExhausted", "SLOSignalMissing"})
    text.tell(kSettled, alert, {});
}

void add_weights(TestText& text, Objectives objectives) {
  text.begin("an hour with ten times the events counts ten times", [](const Objective& objective) {
    return Course{errors_at(objective, objective.budget * 2, 60), {busy(objective) / 10, 0, 60}};
  });
  for (const Objective& objective : objectives)
    text.ask(115, sum_of("slo:period_error_budget_remaining:ratio", objective), {{"{}", "-0.818182"}});
}

void add_low_traffic(TestText& text, Objectives objectives, std::size_t number, double side) {
  const BurnWindow window = burn_windows(objectives[0]).at(number);
  const int counted = std::min(window.hours, 3), minutes = 60 * counted + 60;  // hours with events count
  text.begin(fmt::format("nothing but errors, and {} events for the {} window",
                         side > 1 ? "enough" : "too few", window.long_window),
             [&](const Objective& objective) {
               const double rate =
                   side * events_min(burn_windows(objective).at(number), objective) / (3600.0 * counted);
               return Course{{rate, rate, minutes}};
             });
  for (const Objective& objective : objectives) {
    const std::string more = fmt::format("long_window=\"{}\"", window.long_window);
    ask_alert(text, minutes - 5, alerts_of(objective, "SLOErrorBudgetBurn", ".*", more),
              side > 1 && can_fire(burn_windows(objective).at(number), objective));
  }
}

void add_spike(TestText& text, Objectives objectives) {
  text.begin("ten minutes of errors in an hour without others", [](const Objective& objective) {
    return Course{errors_at(objective, 0, 120), errors_at(objective, ratio_at(objective, 0, 3), 10),
                  errors_at(objective, 0, 30)};
  });
  for (const Objective& objective : objectives) {
    for (const int minute : {120, 125, 130})
      ask_burning(text, minute, objective, [](const BurnWindow&) { return false; });
  }
}

void add_recovery(TestText& text, Objectives objectives) {
  text.begin("the pages end soon after an outage does", [](const Objective& objective) {
    return Course{errors_at(objective, 1, 60), errors_at(objective, 0, 60)};
  });
  const auto ask = [&](int minute, const Objective& objective, std::size_t number, bool is_there) {
    const BurnWindow window = burn_windows(objective).at(number);
    const std::string more = fmt::format("long_window=\"{}\"", window.long_window);
    ask_alert(text, minute, alerts_of(objective, "SLOErrorBudgetBurn", "firing", more),
              is_there && can_fire(window, objective));
  };
  for (const Objective& objective : objectives) {
    for (const std::size_t number : {0U, 1U}) ask(55, objective, number, true);
    ask(70, objective, 0, false);
    ask(110, objective, 1, false);
  }
}

void add_missing(TestText& text, Objectives objectives) {
  text.begin("a signal that goes away",
             [](const Objective& objective) { return Course{errors_at(objective, 0, 60)}; });
  std::vector<ExpectedAlert> missing;
  for (const Objective& objective : objectives) {
    ask_alert(text, 55, alerts_of(objective, "SLOSignalMissing", ".*"), false);
    ask_alert(text, 65, alerts_of(objective, "SLOSignalMissing", "firing"), false);
    missing.push_back({objective, missing_text(objective), "", "severity: warning, category: monitoring"});
  }
  text.tell(75, "SLOSignalMissing", missing);
}

void add_never_there(TestText& text, Objectives objectives) {
  text.begin("a signal that was never there", [](const Objective&) { return Course{}; });
  for (const Objective& objective : objectives)
    ask_alert(text, 20, alerts_of(objective, "SLOSignalMissing", ".*"), !objective.optional);
}

}  // namespace

std::string rule_tests(Objectives objectives, const std::vector<std::string>& rule_files) {
  check(!objectives.empty(), "tests are of objectives");
  constexpr std::size_t kWindows = 4;
  constexpr double kAbove = 1.02, kBelow = 0.98, kEnough = 1.6, kTooFew = 0.75;
  TestText text(objectives, rule_files);
  for (std::size_t number = 0; number < kWindows; ++number) {
    add_constant_errors(text, objectives, number, kAbove);
    add_constant_errors(text, objectives, number, kBelow);
    add_low_traffic(text, objectives, number, kEnough);
    add_low_traffic(text, objectives, number, kTooFew);
  }
  add_idle(text, objectives);
  add_weights(text, objectives);
  add_spike(text, objectives);
  add_recovery(text, objectives);
  add_missing(text, objectives);
  add_never_there(text, objectives);
  return std::move(text).text();
}

}  // namespace picket::slo
