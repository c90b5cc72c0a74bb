// prometheus.yml and the rules, from what ships and from overrides.yml.
#include "tools/fleet/run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"
#include "tools/fleet/yaml_text.h"

namespace picket::fleet {
namespace {

using testing::HasSubstr;

class RunFolderFiles : public testing::Test {
 protected:
  RunFolderFiles() {
    EXPECT_TRUE(files_.make_directories(source_.file("rules"), 0700));
    EXPECT_TRUE(files_.make_directories(source_.file("tools/fleet"), 0700));
    source_.write("rules/thresholds.yml", "down_for: 1m\n");
    source_.write("rules/a.yml", "for: ${down_for}\nrunbook_url: docs/runbooks/A.md\ndashboard: d/a\n");
    source_.write("tools/fleet/prometheus.yml",
                  "global: {scrape_interval: 15s}\nscrape_configs:\n"
                  "  - {job_name: alertd, static_configs: [{targets: [\"${alertd}\"]}]}\n"
                  "  - {job_name: prometheus, static_configs: [{targets: [\"${prometheus}\"]}]}\n");
  }
  RunFolder place(const std::string& reach = "127.0.0.1") const {
    return {source_.path(), data_.path(), reach};
  }
  void overrides(const std::string& text) const { data_.write("overrides.yml", text); }
  /// Content of a file that would be written.
  std::string generated(const std::string& path, const std::string& reach = "127.0.0.1") {
    const auto overrides = overrides_of(place(reach), files_);
    if (!overrides) return overrides.error().message;
    const auto wanted = generate(place(reach), *overrides, files_);
    if (!wanted) return wanted.error().message;
    for (const GeneratedFile& file : *wanted) {
      if (file.path == path) return file.content.substr(file.content.find('\n') + 1);
    }
    return "none";
  }
  std::string problems() {
    const auto read = overrides_of(place(), files_);
    if (read) return "";
    std::string message = read.error().message;
    const std::string folder = data_.path() + "/";
    for (std::size_t at = message.find(folder); at != std::string::npos; at = message.find(folder)) {
      message.erase(at, folder.size());
    }
    return message;
  }

  const test::TempDir source_;
  const test::TempDir data_;
  RealFiles files_;
};

TEST_F(RunFolderFiles, AreWhatShipsWithoutOverrides) {
  EXPECT_EQ(generated("rules/a.yml"), "for: 1m\nrunbook_url: docs/runbooks/A.md\ndashboard: d/a\n");
  EXPECT_EQ(generated("rules/thresholds.yml"), "none");
  EXPECT_EQ(
      generated("prometheus.yml"),
      "global:\n  scrape_interval: 15s\nscrape_configs:\n"
      "  - job_name: alertd\n    static_configs:\n      - targets:\n          - \"127.0.0.1:9093\"\n"
      "  - job_name: prometheus\n    static_configs:\n      - targets:\n          - \"127.0.0.1:9090\"\n");
}

TEST_F(RunFolderFiles, NameTheAddressThatTheDaemonsListenOn) {
  EXPECT_THAT(generated("prometheus.yml", "10.1.2.3"), HasSubstr("\"10.1.2.3:9093\""));
  EXPECT_THAT(generated("prometheus.yml", "::1"), HasSubstr("\"[::1]:9093\""));
  EXPECT_THAT(generated("prometheus.yml", "10.1.2.3"), HasSubstr("\"127.0.0.1:9090\""));
}

TEST_F(RunFolderFiles, HaveTheThresholdsAndLinksOfTheOverrides) {
  overrides(
      "thresholds: {down_for: 2m}\nlinks: {runbooks: \"https://wiki.example.org/books\", grafana: "
      "https://boards.example.org/g}\n");
  EXPECT_EQ(generated("rules/a.yml"),
            "for: 2m\nrunbook_url: https://wiki.example.org/books/A.md\n"
            "dashboard: https://boards.example.org/g/d/a\n");
}

TEST_F(RunFolderFiles, HaveTheJobsOfTheOverridesBesideTheirOwn) {
  overrides(
      "scrape_configs:\n"
      "  - {job_name: node, params: {\"collect[]\": [cpu]}, static_configs: [{targets: "
      "['127.0.0.1:9100']}]}\n"
      "  - {job_name: alertd, basic_auth: {username: p, password_file: x}, ec2_sd_configs: []}\n"
      "prometheus: {global: {scrape_interval: 5s}, rule_files: [mine/*.yml]}\n");
  EXPECT_EQ(
      generated("prometheus.yml"),
      "global:\n  scrape_interval: 5s\nscrape_configs:\n"
      "  - job_name: alertd\n    basic_auth:\n      username: p\n      password_file: x\n    ec2_sd_configs: "
      "[]\n"
      "  - job_name: prometheus\n    static_configs:\n      - targets:\n          - \"127.0.0.1:9090\"\n"
      "  - job_name: node\n    params:\n      \"collect[]\":\n        - cpu\n"
      "    static_configs:\n      - targets:\n          - \"127.0.0.1:9100\"\n"
      "rule_files:\n  - mine/*.yml\n");
}

TEST_F(RunFolderFiles, TellWherePeopleReachThePrograms) {
  overrides("links: {alertd: https://alerts.example.org/picket}\n");
  const auto urls = urls_of(place("10.1.2.3"), *overrides_of(place("10.1.2.3"), files_));
  EXPECT_EQ(urls.at("alertd"), "https://alerts.example.org/picket/");
  EXPECT_EQ(urls.at("health_exporter"), "http://10.1.2.3:9801/");
  EXPECT_EQ(urls.at("prometheus"), "http://127.0.0.1:9090/");
}

TEST_F(RunFolderFiles, RefuseOverridesWithEveryProblemAndItsLine) {
  overrides(
      "threshold: {}\nthresholds: {down_fro: 1m}\nscrape_configs:\n  - {job_name: a, static_config: []}\n"
      "  - {job_name: a}\n  - {}\n  - {job_name: \"\"}\nprometheus: {scrape_configs: []}\n"
      "links: {alert: x, alertd: \"ftp://x\", runbooks: 'https://x/\"{{ $x }}'}\n");
  EXPECT_EQ(problems(),
            "overrides.yml:1:1: unknown key \"threshold\" (did you mean \"thresholds\"?)\n"
            "overrides.yml:2:14: thresholds: unknown key \"down_fro\" (did you mean \"down_for\"?)\n"
            "overrides.yml:4:19: scrape_configs[0]: unknown key \"static_config\" (did you mean "
            "\"static_configs\"?)\n"
            "overrides.yml:5:16: scrape_configs[1].job_name: \"a\" is defined twice\n"
            "overrides.yml:6:5: scrape_configs[2].job_name: is required\n"
            "overrides.yml:7:16: scrape_configs[3].job_name: must not be empty\n"
            "overrides.yml:8:13: prometheus: scrape_configs stands at the top of this file\n"
            "overrides.yml:9:9: links: unknown key \"alert\" (did you mean \"alertd\"?)\n"
            "overrides.yml:9:27: links.alertd: must be a URL that begins with http:// or https://\n"
            "overrides.yml:9:48: links.runbooks: must be a URL that begins with http:// or https://");
}

TEST_F(RunFolderFiles, RefuseOverridesThatAreNoMap) {
  overrides("- x\n");
  EXPECT_EQ(problems(), "overrides.yml:1:1: must be a map, not a list");
  overrides("a: b: c\n");
  EXPECT_THAT(problems(), HasSubstr("overrides.yml:1:"));
}

TEST(YamlText, MeansTheSameWhenItIsReadAgain) {
  const std::string text =
      "a: 15s\nb: \"15\"\nc: 'it''s'\nd: |\n  two\n  lines\ne: [1, [2, {x: y}], {}, []]\nf:\ng: folded\n  "
      "plain\n"
      "\"n\": ~\n\"a: b\": \"x: y # z\"\nh: \"\"\ni: a,b]\nj: \"\\u00e9\\t\"\n";
  Problems problems("y");
  const std::string once = write_yaml(parse_yaml(text, problems));
  ASSERT_TRUE(problems.empty()) << problems.error().message;
  const std::string twice = write_yaml(parse_yaml(once, problems));
  ASSERT_TRUE(problems.empty()) << problems.error().message << once;
  EXPECT_EQ(once, twice);
  EXPECT_EQ(once,
            "a: 15s\nb: \"15\"\nc: \"it's\"\nd: \"two\\nlines\\n\"\ne:\n  - 1\n  - - 2\n    - x: y\n  - {}\n "
            " - []\nf: null\n"
            "g: folded plain\n\"n\": null\n\"a: b\": \"x: y # z\"\nh: \"\"\ni: a,b]\nj: \"\xc3\xa9\\t\"\n");
}

}  // namespace
}  // namespace picket::fleet
