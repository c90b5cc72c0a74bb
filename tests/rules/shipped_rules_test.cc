// The shipped alerts as a person meets them: labels, texts and links, a runbook whose queries Prometheus answers, and
// tests of promtool for each alert, of when it fires and when not.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "base/config/yaml.h"
#include "base/text/strings.h"
#include "tests/support/prometheus_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"
#include "tools/fleet/run_folder.h"

namespace picket::fleet {
namespace {

const std::string kSource = PICKET_SOURCE_DIR;
const std::set<std::string> kSeverities{"critical", "warning", "info"};
const std::set<std::string> kCategories{"availability", "latency",  "capacity",  "business",
                                        "security",     "delivery", "monitoring"};
const std::set<std::string> kBoards{"d/fleet-home", "d/fleet-business", "d/fleet-infra", "d/fleet-security",
                                    "d/fleet-slo",  "d/fleet-alerts",   "d/fleet-self",  "d/fleet-api"};
constexpr std::size_t kSummaryLength = 80;

std::string text_at(const YamlNode& map, std::string_view key) {
  const YamlNode* found = map.find(key);
  return found == nullptr ? "" : found->scalar;
}

std::vector<YamlNode> items_at(const YamlNode& map, std::string_view key) {
  const YamlNode* found = map.find(key);
  return found == nullptr ? std::vector<YamlNode>{} : found->items;
}

YamlNode child(const YamlNode& map, std::string_view key) {
  const YamlNode* found = map.find(key);
  return found == nullptr ? YamlNode{} : *found;
}

YamlNode tree(const std::string& text, const std::string& name) {
  Problems problems(name);
  YamlNode root = parse_yaml(text, problems);
  EXPECT_TRUE(problems.empty()) << problems.error().message;
  return root;
}

/// With a word of usual length in the place of each {{ action }}.
std::string as_read(std::string text) {
  for (std::size_t at = text.find("{{"); at != std::string::npos; at = text.find("{{", at)) {
    text.replace(at, text.find("}}", at) + 2 - at, "127.0.0.1:9180");
  }
  return text;
}

/// The code spans of the section "Check" that are queries: a function, or a metric with labels or a range.
std::vector<std::string> queries_in(const std::string& runbook) {
  const std::set<std::string> functions{
      "sum",  "count", "topk",    "rate",           "increase", "histogram_quantile",
      "time", "deriv", "changes", "predict_linear", "min",      "max"};
  constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyz_:0123456789";
  const std::size_t begin = runbook.find("\n## Check\n");
  const std::string check = runbook.substr(begin, runbook.find("\n## Fix\n") - begin);
  std::vector<std::string> queries;
  const std::vector<std::string_view> spans = split(check, '`');
  for (std::size_t i = 1; i < spans.size(); i += 2) {
    const std::size_t end = std::min(spans[i].find_first_not_of(kNameCharacters), spans[i].size());
    const std::string_view rest = spans[i].substr(end);
    const bool calls =
        functions.contains(std::string(spans[i].substr(0, end))) && rest.find('(') < rest.size();
    const bool selects =
        end > 0 && (rest.starts_with('{') || rest.starts_with('[') || rest.starts_with(" / "));
    if (calls || selects) queries.emplace_back(spans[i]);
  }
  return queries;
}

/// The names in ${name} and ${name.seconds}.
std::set<std::string> thresholds_in(const std::string& text) {
  std::set<std::string> names;
  for (std::size_t at = text.find("${"); at != std::string::npos; at = text.find("${", at + 1)) {
    names.insert(text.substr(at + 2, text.find_first_of(".}", at) - at - 2));
  }
  return names;
}

/// Each "`name` (as shipped value)", as name and value.
std::vector<std::pair<std::string, std::string>> numbers_in(const std::string& runbook) {
  constexpr std::string_view kMark = "` (as shipped ";
  std::vector<std::pair<std::string, std::string>> numbers;
  for (std::size_t at = runbook.find(kMark); at != std::string::npos; at = runbook.find(kMark, at + 1)) {
    const std::size_t name = runbook.rfind('`', at - 1) + 1, value = at + kMark.size();
    numbers.emplace_back(runbook.substr(name, at - name),
                         runbook.substr(value, runbook.find(')', value) - value));
  }
  return numbers;
}

class ShippedRules : public testing::Test {
 protected:
  ShippedRules() {
    const RunFolder place{.source = kSource, .folder = folder_.path()};
    const auto overrides = overrides_of(place, files_);
    EXPECT_TRUE(overrides) << overrides.error().message;
    thresholds_ = overrides->thresholds;
    const auto written = generate(place, *overrides, files_);
    EXPECT_TRUE(written) << written.error().message;
    for (const GeneratedFile& file : *written) {
      if (file.path.starts_with("rules/")) add_alerts(tree(file.content, file.path));
    }
  }
  void add_alerts(const YamlNode& file) {
    for (const YamlNode& group : items_at(file, "groups")) {
      for (const YamlNode& rule : items_at(group, "rules")) {
        if (rule.find("alert") != nullptr) alerts_.push_back(rule);
        if (rule.find("record") != nullptr) ++recorded_;
      }
    }
  }
  std::string read(const std::string& path) const {
    const auto text = files_.read(path, 1_MiB);
    EXPECT_TRUE(text) << path;
    return text ? *text : "";
  }
  std::string runbook(const YamlNode& alert) const {
    return read(kSource + "/docs/runbooks/" + text_at(alert, "alert") + ".md");
  }
  std::vector<std::string> paths(const std::string& pattern) const {
    const auto found = files_.glob(kSource + "/" + pattern);
    return found ? *found : std::vector<std::string>{};
  }

  const test::TempDir folder_;
  const RealFiles files_;
  Thresholds thresholds_;
  std::vector<YamlNode> alerts_;
  int recorded_ = 0;
};

TEST_F(ShippedRules, HaveTheLabelsThatRoutesRelyOn) {
  for (const YamlNode& alert : alerts_) {
    const YamlNode labels = child(alert, "labels");
    EXPECT_TRUE(kSeverities.contains(text_at(labels, "severity"))) << text_at(alert, "alert");
    EXPECT_TRUE(kCategories.contains(text_at(labels, "category"))) << text_at(alert, "alert");
    EXPECT_NE(text_at(labels, "team"), "") << text_at(alert, "alert");
  }
  fmt::print("{} alerts, {} recorded series\n", alerts_.size(), recorded_);
}

TEST_F(ShippedRules, SayWhatItIsWhereToBeginAndWhereToLook) {
  for (const YamlNode& alert : alerts_) {
    const YamlNode annotations = child(alert, "annotations");
    const std::string name = text_at(alert, "alert"), summary = as_read(text_at(annotations, "summary"));
    EXPECT_NE(summary, "") << name;
    EXPECT_LE(summary.size(), kSummaryLength) << name << ": " << summary;
    EXPECT_NE(text_at(annotations, "description").find("First: "), std::string::npos) << name;
    EXPECT_EQ(text_at(annotations, "runbook_url"), "docs/runbooks/" + name + ".md");
    const std::string dashboard = text_at(annotations, "dashboard");  // may go on with ?var-instance=...
    EXPECT_TRUE(kBoards.contains(dashboard.substr(0, dashboard.find('?')))) << name;
  }
}

TEST_F(ShippedRules, HaveARunbookWithEverySection) {
  for (const YamlNode& alert : alerts_) {
    const std::string text = runbook(alert);
    std::size_t at = 0;
    for (const char* part : {"\n## Meaning\n", "\n## Impact\n", "\n## Check\n", "\n## Fix\n",
                             "\n## Silence\n", "\n## Escalate\n", "**L1**: ", "**L2**: ", "**L3**: "}) {
      at = text.find(part, at);
      ASSERT_NE(at, std::string::npos) << text_at(alert, "alert") << ": no" << part << "in its place";
    }
  }
}

TEST_F(ShippedRules, HaveATestThatFiresAndOneThatDoesNot) {
  std::set<std::string> fires, silent;
  std::size_t checks = 0;
  for (const std::string& path : paths("rules/tests/*_test.yml")) {
    for (const YamlNode& test : items_at(tree(read(path), path), "tests")) {
      for (const YamlNode& check : items_at(test, "alert_rule_test")) {
        const std::vector<YamlNode> expected = items_at(check, "exp_alerts");
        (expected.empty() ? silent : fires).insert(text_at(check, "alertname"));
        ++checks;
        for (const YamlNode& alert : expected) {
          EXPECT_LE(text_at(child(alert, "exp_annotations"), "summary").size(), kSummaryLength) << path;
        }
      }
    }
  }
  for (const YamlNode& alert : alerts_) {
    const std::string name = text_at(alert, "alert");
    EXPECT_TRUE(fires.contains(name)) << name << " fires in no test";
    EXPECT_TRUE(silent.contains(name) || name == "Watchdog") << name << " is silent in no test";
  }
  fmt::print("{} moments at which alerts are asked\n", checks);
}

TEST_F(ShippedRules, HaveRunbooksWithQueriesThatPrometheusAnswers) {
  const test::PrometheusServer prometheus("global: {scrape_interval: 1h}\n");
  std::size_t asked = 0;
  for (const YamlNode& alert : alerts_) {
    for (const std::string& query : queries_in(runbook(alert))) {
      std::string answer;  // on a busy machine it may take its time; a refusal is an answer
      test::wait_until(std::chrono::minutes(1), [&] { return !(answer = prometheus.query(query)).empty(); });
      EXPECT_TRUE(answer.starts_with(R"({"status":"success")"))
          << text_at(alert, "alert") << ": " << query << "\n"
          << answer;
      ++asked;
    }
  }
  EXPECT_GE(asked, 100U);  // else queries_in() no longer finds them
  fmt::print("{} queries in runbooks\n", asked);
}

// The rules as they are in the tree, before the numbers are filled in.
TEST_F(ShippedRules, HaveRunbooksWithTheirThresholdsAndTheNumbersThatShip) {
  const YamlNode shipped = tree(read(kSource + "/rules/thresholds.yml"), "thresholds.yml");
  std::size_t told = 0;
  const auto compare = [&](const YamlNode& alert) {
    std::set<std::string> named;
    for (const auto& [name, value] : numbers_in(runbook(alert))) {
      EXPECT_EQ(value, text_at(shipped, name)) << text_at(alert, "alert") << ": " << name;
      named.insert(name);
    }
    EXPECT_EQ(named, thresholds_in(text_at(alert, "expr") + text_at(alert, "for")))
        << text_at(alert, "alert");
    told += named.size();
  };
  for (const std::string& path : paths("rules/*.yml")) {
    for (const YamlNode& group : items_at(tree(read(path), path), "groups")) {
      for (const YamlNode& rule : items_at(group, "rules")) {
        if (rule.find("alert") != nullptr) compare(rule);
      }
    }
  }
  fmt::print("{} thresholds in runbooks\n", told);
}

TEST_F(ShippedRules, UseEveryThreshold) {
  std::string rules;
  for (const std::string& path : paths("rules/*.yml")) rules += read(path);
  for (const auto& [name, threshold] : thresholds_) {
    const bool used = rules.find("${" + name + "}") != std::string::npos ||
                      rules.find("${" + name + ".seconds}") != std::string::npos;
    EXPECT_TRUE(used) << name;
  }
}

}  // namespace
}  // namespace picket::fleet
