// alertd beside Debian's Prometheus and Alertmanager, one after the other on the same series, rules and
// routes: many groups with an inhibit rule, a page beside a receiver that hangs, a flood of groups of one
// alert, many rules. Prints `name | ours | peer | ratio` lines. Takes about ten minutes; words choose parts
// (groups, page, flood, rules), and --alertd=PROGRAM another build of ours.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "tests/bench/alert_stage.h"
#include "tests/support/give_up.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

void row(std::string_view name, double ours, double peer, std::string_view unit) {
  const auto text = [unit](double value) {
    return value < 0 ? "never" : fmt::format("{:.{}f} {}", value, value < 10 ? 2 : 0, unit);
  };
  fmt::print("{} | {} | {} | {}\n", name, text(ours), text(peer),
             ours > 0 && peer > 0 ? fmt::format("{:.2f}x", peer / ours) : "-");
  std::fflush(stdout);
}

struct Pair {
  Alerter ours, peer;
};

std::string series(std::string_view name, int from, int to, double value) {
  std::string text;
  for (int i = from; i < to; ++i) text += fmt::format("{}{{i=\"{}\"}} {}\n", name, i, value);
  return text;
}

double seconds_since(SteadyClock::time_point begin, SteadyClock::time_point end) {
  return std::chrono::duration<double>(end - begin).count();
}

void wait_until_firing(const AlertStage& stage, std::size_t count) {
  if (!test::wait_until(seconds(120), milliseconds(500), [&] { return stage.firing() >= count; }))
    test::give_up(fmt::format("only {} of {} alerts are firing", stage.firing(), count));
}

/// CPU seconds of the alerter from the moment that so many alerts begin, each in a group of its own that is
/// looked at every ten seconds, and its memory at most.
Usage usage_of_groups(const Alerter& alerter, int groups) {
  AlertStage stage(
      alerter,
      {.rules = R"(groups:
  - name: groups
    rules:
      - {alert: Warn, expr: warn > 0, labels: {severity: warning}, annotations: {summary: "number {{ $labels.i }}"}}
      - {alert: Crit, expr: crit > 0, labels: {severity: critical}}
)",
       .routing = R"(route: {receiver: nobody, group_by: ['...'], group_wait: 2s, group_interval: 10s}
inhibit_rules: [{source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'], equal: [i]}]
receivers: [{name: nobody}]
)",
       .interval_s = 5});
  pass(seconds(6));
  const Usage before = stage.alerter();
  stage.set(series("warn", 0, groups, 1) + "crit{i=\"none\"} 1\n");
  pass(seconds(40));
  Usage usage = stage.alerter();
  usage.cpu_seconds -= before.cpu_seconds;
  return usage;
}

void many_groups(const Pair& pair) {
  for (const int groups : {1000, 2000, 4000}) {
    const Usage ours = usage_of_groups(pair.ours, groups);
    const Usage peer = usage_of_groups(pair.peer, groups);
    row(fmt::format("{} groups, one inhibit rule: memory", groups), ours.peak_megabytes, peer.peak_megabytes,
        "MB");
    row(fmt::format("{} groups, one inhibit rule: CPU in 40 s", groups), ours.cpu_seconds, peer.cpu_seconds,
        "s");
  }
}

/// Seconds from a condition to its page, while another receiver with 40 open groups hangs; -1: not within
/// five minutes.
double page_beside_hung_receiver(const Alerter& alerter) {
  constexpr int kGroups = 40;
  const HungPeer hung;
  const HookedAlerts pager;
  AlertStage stage(
      alerter, {.rules = R"(groups:
  - name: pages
    rules:
      - {alert: Slow, expr: slow > 0}
      - {alert: Page, expr: page > 0}
)",
                .routing = fmt::format(
                    R"(route: {{receiver: hung, group_by: [alertname, i], group_wait: 1s, group_interval: 5m,
  routes: [{{matchers: ['alertname="Page"'], receiver: pager}}]}}
receivers:
  - {{name: hung, webhook_configs: [{{url: "{}"}}]}}
  - {{name: pager, webhook_configs: [{{url: "{}"}}]}}
)",
                    hung.url(), pager.url())});
  stage.set(series("slow", 0, kGroups, 1));
  wait_until_firing(stage, kGroups);
  pass(seconds(5));
  stage.set(series("slow", 0, kGroups, 1) + "page{i=\"0\"} 1\n");
  const auto began = SteadyClock::now();
  const auto paged = pager.wait_for(1, seconds(300));
  return paged ? seconds_since(began, *paged) : -1;
}

struct Flood {
  double took_seconds = -1, cpu_seconds = 0, megabytes = 0;
};
Flood flood(const Alerter& alerter) {
  constexpr int kGroups = 2000;
  const HookedAlerts hook;
  AlertStage stage(
      alerter, {.rules = "groups: [{name: flood, rules: [{alert: Flood, expr: flood > 0}]}]\n",
                .routing = fmt::format(
                    R"(route: {{receiver: hook, group_by: [alertname, i], group_wait: 1s, group_interval: 5m}}
receivers: [{{name: hook, webhook_configs: [{{url: "{}"}}]}}]
)",
                    hook.url())});
  pass(seconds(3));
  const Usage before = stage.alerter();
  stage.set(series("flood", 0, kGroups, 1));
  const auto began = SteadyClock::now();
  const auto last = hook.wait_for(kGroups, seconds(300));
  const Usage after = stage.alerter();
  return {.took_seconds = last ? seconds_since(began, *last) : -1,
          .cpu_seconds = after.cpu_seconds - before.cpu_seconds,
          .megabytes = after.peak_megabytes};
}

struct RuleFigures {
  double all_cores = 0, all_megabytes = 0, alerter_cores = 0, alerter_megabytes = 0;
};
RuleFigures many_rules(const Alerter& alerter) {
  constexpr int kRules = 2000, kAlerts = 5000, kGroups = 20;
  constexpr seconds kMeasured{60};
  std::string rules = "groups:\n";
  for (int rule = 0; rule < kRules; ++rule) {
    if (rule % (kRules / kGroups) == 0)
      rules += fmt::format("  - name: group{}\n    rules:\n", rule * kGroups / kRules);
    rules += fmt::format(
        "      - {{alert: Alert{0}, expr: 'level{{rule=\"{0}\"}} > 0', labels: {{severity: warning}}, "
        "annotations: "
        "{{summary: \"{{{{ $labels.i }}}} is at {{{{ $value }}}}\"}}}}\n",
        rule);
  }
  std::string levels;
  for (int i = 0; i < kAlerts; ++i) levels += fmt::format("level{{rule=\"{}\",i=\"{}\"}} 1\n", i % kRules, i);
  AlertStage stage(
      alerter,
      {.rules = rules,
       .routing = R"(route: {receiver: nobody, group_by: [alertname], group_wait: 5s, group_interval: 1m}
receivers: [{name: nobody}]
)",
       .interval_s = 5});
  stage.set(levels);
  wait_until_firing(stage, kAlerts);
  pass(seconds(15));
  const Usage begun = stage.alerter(), prometheus = stage.prometheus();
  pass(kMeasured);
  const Usage alerter_end = stage.alerter(), prometheus_end = stage.prometheus();
  const double time = kMeasured.count();
  const double cores = (alerter_end.cpu_seconds - begun.cpu_seconds) / time;
  return {.all_cores = cores + (prometheus_end.cpu_seconds - prometheus.cpu_seconds) / time,
          .all_megabytes = alerter_end.rss_megabytes + prometheus_end.rss_megabytes,
          .alerter_cores = cores,
          .alerter_megabytes = alerter_end.rss_megabytes};
}

void page(const Pair& pair) {
  row("page beside a hung receiver with 40 groups", page_beside_hung_receiver(pair.ours),
      page_beside_hung_receiver(pair.peer), "s");
}

void flood_of_groups(const Pair& pair) {
  const Flood ours = flood(pair.ours);
  const Flood peer = flood(pair.peer);
  row("2,000 groups of one alert: until all are told", ours.took_seconds, peer.took_seconds, "s");
  row("2,000 groups of one alert: CPU until then", ours.cpu_seconds, peer.cpu_seconds, "s");
  row("2,000 groups of one alert: memory", ours.megabytes, peer.megabytes, "MB");
}

void rules(const Pair& pair) {
  const RuleFigures ours = many_rules(pair.ours);
  const RuleFigures peer = many_rules(pair.peer);
  row("2,000 rules, 5,000 alerts, every 5 s, with Prometheus: CPU", ours.all_cores, peer.all_cores, "cores");
  row("2,000 rules, 5,000 alerts, with Prometheus: memory", ours.all_megabytes, peer.all_megabytes, "MB");
  row("of that the alerter alone: CPU", ours.alerter_cores, peer.alerter_cores, "cores");
  row("of that the alerter alone: memory", ours.alerter_megabytes, peer.alerter_megabytes, "MB");
}

int run(const Pair& pair, const std::vector<std::string>& chosen) {
  const std::pair<std::string, std::function<void(const Pair&)>> parts[] = {
      {"groups", many_groups}, {"page", page}, {"flood", flood_of_groups}, {"rules", rules}};
  fmt::print("name | ours | Prometheus, Alertmanager | ratio\n");
  for (const auto& [name, measure] : parts)
    if (chosen.empty() || std::ranges::find(chosen, name) != chosen.end()) measure(pair);
  return 0;
}

}  // namespace
}  // namespace picket::bench

int main(int argc, char** argv) {
  using namespace picket;
  std::string alertd = std::string(PICKET_BIN_DIR) + "/alertd";
  std::vector<std::string> chosen;
  for (const std::string_view word : std::vector<std::string_view>(argv + 1, argv + argc)) {
    constexpr std::string_view kProgram = "--alertd=";
    if (word.starts_with(kProgram)) {
      alertd = word.substr(kProgram.size());
    } else {
      chosen.emplace_back(word);
    }
  }
  return bench::run(
      {{bench::Who::Picket, alertd},
       {bench::Who::Alertmanager, test::find_program("prometheus-alertmanager", "prometheus-alertmanager")}},
      chosen);
}
