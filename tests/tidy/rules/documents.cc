#include "tests/tidy/rules/documents.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text/strings.h"

namespace picket::tidy {
namespace {

constexpr std::string_view kMetricsDocument = "docs/metrics.md";
constexpr std::array<std::string_view, 3> kMetricPrefixes{"health_", "alertd_", "authd_"};
/// Names of programs, jobs, sets of migrations and formats of logs.
constexpr std::array<std::string_view, 4> kNoMetrics{"health_exporter", "alertd_rules", "authd_audit",
                                                     "authd_log"};

bool is_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_metric(std::string_view name) {
  const auto starts = [&](std::string_view prefix) { return name.starts_with(prefix); };
  const bool is_whole = !name.empty() && !name.ends_with('_') && std::ranges::all_of(name, is_name_letter);
  return is_whole && std::ranges::any_of(kMetricPrefixes, starts) &&
         std::ranges::find(kNoMetrics, name) == kNoMetrics.end();
}

struct Literal {
  std::string_view text;
  int line;
};

/// What stands between quotes, one line at a time.
std::vector<Literal> literals_of(std::string_view text) {
  std::vector<Literal> literals;
  int number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    for (std::size_t open = line.find('"'); open != std::string_view::npos;) {
      const std::size_t close = line.find('"', open + 1);
      if (close == std::string_view::npos) break;
      literals.push_back({line.substr(open + 1, close - open - 1), number});
      open = line.find('"', close + 1);
    }
  }
  return literals;
}

struct Documented {
  std::string name;
  int line;
};

/// The first column of the tables: "| `name` | ...".
std::vector<Documented> documented_metrics(const SourceFile& document) {
  std::vector<Documented> metrics;
  int number = 0;
  for (const std::string_view line : lines_of(document.content())) {
    ++number;
    if (!line.starts_with("| `")) continue;
    metrics.push_back({std::string(line.substr(3, line.find('`', 3) - 3)), number});
  }
  return metrics;
}

constexpr std::string_view kEveryDaemon = "<daemon>";
constexpr std::array<std::string_view, 3> kDaemons{"health_exporter", "alertd", "authd"};

/// "<daemon>_config_info" of the document is a metric of every daemon.
std::set<std::string> names_of(const std::vector<Documented>& metrics) {
  std::set<std::string> names;
  for (const Documented& metric : metrics) {
    names.insert(metric.name);
    if (!metric.name.starts_with(kEveryDaemon)) continue;
    for (const std::string_view daemon : kDaemons) {
      names.insert(std::string(daemon) + metric.name.substr(kEveryDaemon.size()));
    }
  }
  return names;
}

struct Alert {
  std::string name;
  std::string runbook;
  int line;
};

std::vector<Alert> alerts_of(const SourceFile& rules) {
  std::vector<Alert> alerts;
  int number = 0;
  for (const std::string_view raw : lines_of(rules.content())) {
    ++number;
    const std::string_view line = trim(raw);
    if (line.starts_with("- alert: ")) alerts.push_back({std::string(line.substr(9)), "", number});
    if (line.starts_with("runbook_url: ") && !alerts.empty()) alerts.back().runbook = line.substr(13);
  }
  return alerts;
}

bool is_rule_file(const SourceFile& file) {
  return file.folder() == "rules" && file.path().ends_with(".yml");
}

}  // namespace

std::vector<Finding> check_metrics_documented(const SourceTree& tree) {
  const SourceFile* document = tree.find(kMetricsDocument);
  if (document == nullptr) return {{std::string(kMetricsDocument), 0, "is missing"}};
  const std::set<std::string> known = names_of(documented_metrics(*document));
  std::vector<Finding> findings;
  for (const SourceFile& file : tree.files) {
    if (!file.is_product_code()) continue;
    for (const Literal& literal : literals_of(file.without_comments())) {
      if (!is_metric(literal.text) || known.contains(std::string(literal.text))) continue;
      findings.push_back(
          file.finding(literal.line, std::string(literal.text) + " is not in docs/metrics.md"));
    }
  }
  return findings;
}

std::vector<Finding> check_runbooks(const SourceTree& tree) {
  std::vector<Finding> findings;
  std::set<std::string> wanted;
  for (const SourceFile& file : tree.files) {
    if (!is_rule_file(file)) continue;
    for (const Alert& alert : alerts_of(file)) {
      const std::string page = "docs/runbooks/" + alert.name + ".md";
      wanted.insert(page);
      if (alert.runbook != page)
        findings.push_back(file.finding(alert.line, alert.name + ": runbook_url must be " + page));
      if (tree.find(page) == nullptr) findings.push_back(file.finding(alert.line, page + " is missing"));
    }
  }
  for (const SourceFile& file : tree.files) {
    if (file.folder() == "docs/runbooks" && !wanted.contains(file.path())) {
      findings.push_back(file.finding(0, "is the runbook of no alert"));
    }
  }
  return findings;
}

}  // namespace picket::tidy
