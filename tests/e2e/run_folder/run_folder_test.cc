// What ./picket run makes of its folder: one that an earlier version made, edits, overrides and mistakes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text/strings.h"
#include "tests/support/free_port.h"
#include "tests/support/http_get.h"
#include "tests/support/process.h"
#include "tests/support/program.h"
#include "tests/support/prometheus_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string kSource = PICKET_SOURCE_DIR;
const std::set<std::string> kShippedJobs{
    "alertd",     "alertd_alerts",    "authd", "business_exporter", "health_exporter",
    "prometheus", "security_exporter"};

/// Names of the alerts that a text of rules defines.
std::set<std::string> alerts_in(const std::string& text) {
  std::set<std::string> names;
  for (const std::string_view line : split(text, '\n')) {
    const std::string_view entry = trim(line);
    if (entry.starts_with("- alert: ")) names.emplace(entry.substr(9));
  }
  return names;
}

class RunFolder : public testing::Test {
 protected:
  /// `./picket run --write`, with the programs of this build.
  Finished picket_run() const {
    return run_to_end(
        {.argv = {kSource + "/picket", "run", "--write", "--bin", PICKET_BIN_DIR, "--data", dir_.path()}});
  }
  void picket_run_well() {
    const Finished run = picket_run();
    ASSERT_EQ(run.exit_code, 0) << run.output << run.errors;
    said_ = run.output;
  }
  void copy_of_first_version() const {
    fs::copy(kSource + "/tests/e2e/run_folder/first_version", dir_.path(), fs::copy_options::recursive);
  }
  bool has(const std::string& name) const { return fs::exists(dir_.file(name)); }

  std::set<std::string> shipped_alerts() const {
    std::set<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(kSource + "/rules")) {
      if (!entry.is_regular_file()) continue;
      std::ifstream stream(entry.path());
      names.merge(alerts_in({std::istreambuf_iterator<char>(stream), {}}));
    }
    return names;
  }
  void expect_promtool_accepts() const {
    const std::string promtool = find_program("promtool", "prometheus");
    const Finished config = run_to_end({.argv = {promtool, "check", "config", dir_.file("prometheus.yml")}});
    EXPECT_EQ(config.exit_code, 0) << config.output << config.errors;
    std::vector<std::string> argv{promtool, "check", "rules"};
    for (const fs::directory_entry& entry : fs::directory_iterator(dir_.file("rules"))) {
      if (entry.path().extension() == ".yml") argv.push_back(entry.path());
    }
    const Finished rules = run_to_end({.argv = argv});
    EXPECT_EQ(rules.exit_code, 0) << rules.output << rules.errors;
  }
  /// The jobs of a Prometheus that is started with the folder's file; waits until there are `count`.
  std::set<std::string> jobs(std::size_t count = kShippedJobs.size()) const {
    const PrometheusServer prometheus(dir_.read("prometheus.yml"));
    std::set<std::string> names;
    wait_until(std::chrono::seconds(30), std::chrono::milliseconds(50), [&] {
      const json answer = json::parse(http_get(prometheus.url("/api/v1/targets")).body);
      for (const json& target : answer.at("data").at("activeTargets")) {
        names.insert(target.at("labels").at("job").get<std::string>());
      }
      return names.size() >= count;  // it finds them one after the other
    });
    return names;
  }
  /// One of our daemons, with its file of the folder. Its URL; "" when it does not get ready.
  std::string start(const std::string& name, const std::string& config) {
    const std::string address = "127.0.0.1:" + std::to_string(free_port());
    daemons_.push_back(std::make_unique<Process>(std::vector<std::string>{
        std::string(PICKET_BIN_DIR) + "/" + name, "--config.file", dir_.file(config), "--storage.path",
        dir_.file("state/" + name), "--web.listen-address", address}));
    Process& daemon = *daemons_.back();
    std::string url = "http://" + address;
    const bool ready = wait_until(std::chrono::seconds(30), std::chrono::milliseconds(20), [&] {
      return http_get(url + "/-/ready").status == 200 || !daemon.running();
    });
    if (ready && daemon.running()) return url;
    ADD_FAILURE() << name << " is not ready: " << daemon.errors();
    return "";
  }
  std::set<std::string> alerts_of(const std::string& alertd) const {
    std::set<std::string> names;
    const json answer = json::parse(http_get(alertd + "/api/v1/rules").body);
    for (const json& group : answer.at("data").at("groups")) {
      for (const json& rule : group.at("rules")) {
        if (rule.at("type") == "alerting") names.insert(rule.at("name").get<std::string>());
      }
    }
    return names;
  }

  const TempDir dir_;
  std::string said_;
  std::vector<std::unique_ptr<Process>> daemons_;
};

TEST_F(RunFolder, OfTheFirstVersionStartsWithEveryJobAndRule) {
  copy_of_first_version();
  const std::string alertd = dir_.read("alertd.yml"), health = dir_.read("health.yml"),
                    authd = dir_.read("authd.yml"), token = dir_.read("secrets/health_api_token");
  picket_run_well();
  expect_promtool_accepts();
  EXPECT_EQ(jobs(), kShippedJobs);
  EXPECT_EQ(alerts_of(start("alertd", "alertd.yml")), shipped_alerts());
  start("health_exporter", "health.yml");
  start("authd", "authd.yml");
  EXPECT_EQ(dir_.read("alertd.yml"), alertd);
  EXPECT_EQ(dir_.read("health.yml"), health);
  EXPECT_EQ(dir_.read("authd.yml"), authd);
  EXPECT_EQ(dir_.read("secrets/health_api_token"), token);
}

// It was made before authd was part of the fleet, and somebody changed it by hand.
TEST_F(RunFolder, OfBeforeADaemonGetsItsFilesItsJobAndItsRules) {
  copy_of_first_version();
  fs::remove(dir_.file("authd.yml"));
  fs::remove(dir_.file("rules/authd.yml"));
  const std::string edited =
      "scrape_configs:\n  - {job_name: health_exporter, static_configs: [{targets: [\"127.0.0.1:9801\"]}]}\n";
  dir_.write("prometheus.yml", edited);
  dir_.write("rules/mine.yml", "groups: []\n");
  picket_run_well();
  EXPECT_EQ(jobs(), kShippedJobs);
  EXPECT_TRUE(has("authd.yml"));
  EXPECT_TRUE(has("rules/authd.yml"));
  EXPECT_EQ(dir_.read("prometheus.yml.old"), edited);
  EXPECT_THAT(said_, HasSubstr("it is kept as " + dir_.file("prometheus.yml.old")));
  EXPECT_EQ(dir_.read("rules/mine.yml"), "groups: []\n");
}

TEST_F(RunFolder, KeepsAnEditedFileAsOldAndSaysSo) {
  picket_run_well();
  const std::string rules = dir_.read("rules/health.yml");
  EXPECT_FALSE(has("rules/health.yml.old"));
  dir_.write("rules/health.yml", rules + "# mine\n");
  picket_run_well();
  EXPECT_THAT(said_,
              HasSubstr("rules/health.yml was edited: it is kept as " + dir_.file("rules/health.yml.old")));
  EXPECT_EQ(dir_.read("rules/health.yml"), rules);
  EXPECT_EQ(dir_.read("rules/health.yml.old"), rules + "# mine\n");
  picket_run_well();
  EXPECT_THAT(said_, Not(HasSubstr("edited")));
  EXPECT_FALSE(has("rules/health.yml.old.2"));
}

TEST_F(RunFolder, HasWhatTheOverridesSay) {
  picket_run_well();
  EXPECT_THAT(dir_.read("overrides.yml"), HasSubstr("#thresholds:"));
  dir_.write("overrides.yml",
             "thresholds: {service_down_for: 7m, certificate_expires_soon: 14d}\n"
             "scrape_configs:\n  - {job_name: node, static_configs: [{targets: [\"127.0.0.1:9100\"]}]}\n"
             "links: {runbooks: https://wiki.example.org/runbooks}\n");
  picket_run_well();
  expect_promtool_accepts();
  std::set<std::string> wanted = kShippedJobs;
  wanted.insert("node");
  EXPECT_EQ(jobs(wanted.size()), wanted);
  const std::string rules = dir_.read("rules/health.yml");
  EXPECT_THAT(rules, HasSubstr("for: 7m"));
  EXPECT_THAT(rules, HasSubstr("has been down for over 7m."));
  EXPECT_THAT(rules, HasSubstr("- time() < 1209600"));
  EXPECT_THAT(rules, HasSubstr("runbook_url: https://wiki.example.org/runbooks/ServiceDown.md"));
  EXPECT_FALSE(has("rules/health.yml.old"));
}

// Without the "#" in front of its keys it is a file that works.
TEST_F(RunFolder, ShipsAnExampleOfOverridesThatWorks) {
  picket_run_well();
  std::string example;
  const std::string text = dir_.read("overrides.yml");
  for (const std::string_view line : split(text, '\n')) {
    const bool is_key = line.starts_with("#") && (!line.starts_with("# ") || line.starts_with("#  "));
    example += std::string(line.substr(is_key ? 1 : 0)) + "\n";
  }
  dir_.write("overrides.yml", example);
  picket_run_well();
  expect_promtool_accepts();
  EXPECT_THAT(dir_.read("prometheus.yml"), HasSubstr("remote_write:"));
}

TEST_F(RunFolder, RefusesBadOverridesBeforeAnythingIsWritten) {
  picket_run_well();
  const std::string before = dir_.read("prometheus.yml");
  dir_.write("overrides.yml",
             "scrape_configs:\n  - {job_name: node}\nthresholds:\n  service_down_four: 2m\n");
  const Finished run = picket_run();
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.errors, HasSubstr(dir_.file("overrides.yml") +
                                    ":4:3: thresholds: unknown key \"service_down_four\" (did you mean "
                                    "\"service_down_for\"?)"));
  EXPECT_THAT(run.errors, HasSubstr("nothing was written or started"));
  EXPECT_EQ(dir_.read("prometheus.yml"), before);
}

TEST_F(RunFolder, TellsWhatPrometheusRefuses) {
  picket_run_well();
  dir_.write("overrides.yml",
             "scrape_configs:\n  - {job_name: node, scrape_interval: 5s, scrape_timeout: 10s}\n");
  const Finished run = picket_run();
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.errors, HasSubstr("scrape timeout greater than scrape interval"));
  EXPECT_THAT(run.errors, HasSubstr("nothing was written or started"));
}

// Mistakes that only Prometheus can find.
TEST_F(RunFolder, KeepsWhatWorkedWhenPrometheusRefusesTheOverrides) {
  picket_run_well();
  const std::string config = dir_.read("prometheus.yml"), rules = dir_.read("rules/health.yml"),
                    memory = dir_.read(".generated");
  for (const std::string mistake :
       {"prometheus: {globl: {scrape_interval: 5s}}", "prometheus: {global: {scrape_interval: soon}}",
        "prometheus: {remote_write: [{}]}", "scrape_configs: [{job_name: node, scheme: 5, params: x}]",
        "scrape_configs: [{job_name: n, authorization: {credentials_file: absent}}]"}) {
    dir_.write("overrides.yml", mistake + "\nthresholds: {service_down_for: 9m}\n");
    const Finished run = picket_run();
    EXPECT_EQ(run.exit_code, 1) << mistake;
    EXPECT_THAT(run.errors, HasSubstr(dir_.file("logs/prometheus.yml.refused"))) << mistake;
    EXPECT_THAT(run.errors, Not(HasSubstr(".new"))) << mistake;
    EXPECT_EQ(dir_.read("prometheus.yml"), config) << mistake;
    EXPECT_EQ(dir_.read("rules/health.yml"), rules) << mistake;
    EXPECT_EQ(dir_.read(".generated"), memory) << mistake;
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(dir_.path())) {
    EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr(".new"))) << "left behind";
  }
}

// Relative paths are relative to the folder while the new file is checked, too.
TEST_F(RunFolder, TakesFilesThatTheOverridesNameBesideThem) {
  picket_run_well();
  dir_.write("secrets/node", "secret");
  dir_.write("overrides.yml",
             "scrape_configs: [{job_name: n, authorization: {credentials_file: secrets/node}}]\n");
  picket_run_well();
  EXPECT_THAT(dir_.read("prometheus.yml"), HasSubstr("secrets/node"));
}

// A Grafana is pointed at this folder: it finds the boards where they are, and runbooks where the team has them.
TEST_F(RunFolder, HasBoardsForAGrafana) {
  dir_.write("overrides.yml", "links: {runbooks: \"https://wiki.example.org/a&b/\"}\n");
  picket_run_well();
  EXPECT_THAT(dir_.read("grafana/datasources/fleet.yml"), HasSubstr("uid: picket-prometheus"));
  EXPECT_THAT(dir_.read("grafana/dashboards/fleet.yml"),
              HasSubstr("path: " + dir_.file("grafana/dashboards/fleet") + "\n"));
  EXPECT_THAT(dir_.read("grafana/dashboards/fleet/fleet-home.json"),
              HasSubstr("[ServiceDown](https://wiki.example.org/a&b/ServiceDown.md)"));
  picket_run_well();  // again, over what is there
  EXPECT_FALSE(fs::exists(dir_.file("grafana/provisioning")));
}

}  // namespace
}  // namespace picket::test
