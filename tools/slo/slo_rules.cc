#include "tools/slo/slo_rules.h"

#include <CLI/CLI.hpp>
#include <ostream>

#include "tools/slo/burn_windows.h"
#include "tools/slo/objective.h"
#include "tools/slo/rule_tests.h"
#include "tools/slo/rules.h"

namespace picket::slo {
namespace {

constexpr std::string_view kAbout =
    R"(Makes alert rules of service level objectives: recording rules of their error ratios and budgets, alerts
on budgets that burn too fast (several windows, several rates), and tests of both for promtool.

Without FILE: writes rules/slo.yml, rules/objectives.yml and rules/tests/slo_test.yml from rules/slo/*.yml.
With FILE: prints the rules of its objectives.)";

constexpr std::string_view kExample = R"(An example of a file (docs/slo.md has every key):

  service: shop
  team: shop
  slos:
    - name: availability
      objective: 99.9%
      window: 30d
      description: Requests that were not answered with 5xx
      events:
        total: http_requests_total{job="shop"}
        errors: http_requests_total{job="shop",code=~"5.."}
    - name: latency
      objective: 95%
      latency:
        histogram: http_request_duration_seconds
        matchers: job="shop"
        threshold: 500ms

  ./picket slo shop.yml --only recording > run/rules/slo_shop.yml    for Prometheus (rule_files)
  ./picket slo shop.yml --only alerts > run/rules/objectives_shop.yml    for alertd
)";

constexpr std::string_view kChangeInstead =
    "# Written by ./picket slo from {}: change that and run it again (docs/slo.md).\n";

struct Asked {
  std::vector<std::string> paths{};
  std::string source = ".";
  std::string only{};                   ///< "recording", "alerts" or "": both
  std::vector<std::string> tests_of{};  ///< tests of the rules in these files, instead of the rules
  bool check = false;
};

int fails(const Error& error, std::ostream& errors) {
  errors << error.message << "\n";
  return 1;
}

/// What a reader of the rules would look for and not find.
void tell_left_out(const std::vector<Objective>& objectives, std::ostream& errors) {
  for (const Objective& objective : objectives) {
    for (const BurnWindow& window : burn_windows(objective)) {
      if (can_fire(window, objective)) continue;
      errors << fmt::format(
          "{}/{}: no alert over {}: it would need an error ratio above {}, {} times the {} % that are allowed\n",
          objective.service, objective.name, window.long_window, plain_number(ratio_limit(window, objective)),
          plain_number(window.factor), plain_number(objective.budget * 100));
    }
  }
}

std::string rules_of(const std::vector<Objective>& objectives, std::string_view only) {
  std::string text = "groups:\n";
  for (const Objective& objective : objectives) {
    if (only != "alerts") text += recording_groups(objective);
    if (only != "recording") text += alert_group(objective);
  }
  return text;
}

struct Written {
  std::string path{};
  std::string content{};
};

std::vector<Written> shipped(const Asked& asked, const std::vector<Objective>& objectives) {
  const std::string begin = fmt::format(fmt::runtime(kChangeInstead), "rules/slo/*.yml");
  const std::string recording = "# What Prometheus records; the alerts are in objectives.yml.\n";
  const std::string alerts = "# The alerts of alertd, on what slo.yml records.\n";
  return {{asked.source + "/rules/slo.yml", begin + recording + rules_of(objectives, "recording")},
          {asked.source + "/rules/objectives.yml", begin + alerts + rules_of(objectives, "alerts")},
          {asked.source + "/rules/tests/slo_test.yml",
           begin + rule_tests(objectives, {"../slo.yml", "../objectives.yml"})}};
}

int write_shipped(const Asked& asked, const std::vector<Objective>& objectives, Files& files,
                  std::ostream& out, std::ostream& errors) {
  bool differs = false;
  for (const auto& [path, content] : shipped(asked, objectives)) {
    const Result<std::string> before = files.read(path, 10_MiB);
    if (before && *before == content) continue;
    differs = true;
    if (asked.check) {
      errors << path << " is not what ./picket slo makes of rules/slo/*.yml\n";
      continue;
    }
    if (const auto written = files.write_atomic(path, content, 0644); !written)
      return fails(written.error(), errors);
    out << "wrote " << path << "\n";
  }
  if (!differs) out << "the rules of " << objectives.size() << " objectives are up to date\n";
  return differs && asked.check ? 1 : 0;
}

int answer(Asked asked, std::ostream& out, std::ostream& errors) {
  RealFiles files;
  const bool is_shipped = asked.paths.empty();
  if (is_shipped) {
    auto paths = files.glob(asked.source + "/rules/slo/*.yml");
    if (!paths) return fails(paths.error(), errors);
    asked.paths = std::move(*paths);
  }
  const auto objectives = read_objectives(asked.paths, files);
  if (!objectives) return fails(objectives.error(), errors);
  if (objectives->empty()) return fails({ErrorKind::InvalidInput, "there are no objectives"}, errors);
  tell_left_out(*objectives, errors);
  if (is_shipped) return write_shipped(asked, *objectives, files, out, errors);
  out << fmt::format(fmt::runtime(kChangeInstead), fmt::join(asked.paths, " "))
      << (asked.tests_of.empty() ? rules_of(*objectives, asked.only)
                                 : rule_tests(*objectives, asked.tests_of));
  return 0;
}

}  // namespace

int run_slo_rules(int argc, const char* const* argv, std::ostream& out, std::ostream& errors) {
  Asked asked;
  CLI::App app{std::string(kAbout), "./picket slo"};
  app.footer(std::string(kExample));
  app.add_option("FILE", asked.paths, "files of objectives");
  app.add_option("--only", asked.only, "print recording rules or alerts only")
      ->check(CLI::IsMember({"recording", "alerts"}));
  app.add_option("--tests", asked.tests_of,
                 "print tests instead, of the rules in this file (beside the tests; may be repeated)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--source", asked.source, "the checkout");
  app.add_flag("--check", asked.check, "without FILE: write nothing, fail when a file would change");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, out, errors);
  }
  return answer(std::move(asked), out, errors);
}

}  // namespace picket::slo
