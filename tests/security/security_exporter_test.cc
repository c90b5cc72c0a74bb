#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/detect/attack_rule.h"
#include "base/detect/rule_set.h"
#include "exporters/security/sources/checkpoint.h"
#include "tests/security/kill_course.h"
#include "tests/security/running_security_exporter.h"
#include "tests/support/free_port.h"
#include "tests/support/http_get.h"
#include "tests/support/postgres_server.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket::security {
namespace {

constexpr const char* kLines = R"(security_log_lines_total{source="web"})";

class SecurityExporterTest : public testing::Test {
 protected:
  void configure(const std::string& more = "") const {
    exporter_.configure("sources: [{name: web, path: \"" + exporter_.file("access.log") +
                        "\", from: start}]\n" + more);
  }
  /// `count` lines in one write.
  void append(int count) {
    std::string text;
    for (int i = 0; i < count; ++i, ++written_) {
      text += "192.0.2." + std::to_string(written_ % 250) +
              " - - [05/Jan/2026:12:00:00 +0000] \"GET /?id=" + std::to_string(written_) +
              (written_ % 10 == 0 ? "'+OR+1=1--" : "") + " HTTP/1.1\" 200 100 \"-\" \"x\"\n";
    }
    std::ofstream(exporter_.file("access.log"), std::ios::app) << text;
  }
  void rotate() const {
    for (int i = 8; i > 0; --i) {
      const std::string from = exporter_.file("access.log." + std::to_string(i));
      if (std::filesystem::exists(from))
        std::filesystem::rename(from, exporter_.file("access.log." + std::to_string(i + 1)));
    }
    std::filesystem::rename(exporter_.file("access.log"), exporter_.file("access.log.1"));
  }

  /// And stored, with its event, by a process that has ended.
  void read_first_line() {
    configure();
    append(1);
    exporter_.start();
    ASSERT_TRUE(exporter_.shows(kLines, 1));
    ASSERT_EQ(exporter_.process().stop(), 0);
  }
  /// Events wait: nothing listens where their database should be.
  std::vector<std::string> command_without_store() const {
    std::vector<std::string> command = exporter_.command();
    command.insert(command.end(), {"--storage.dsn", "postgresql://nobody@127.0.0.1:1/gone"});
    return command;
  }
  /// Of the process: each source is read by one of its own.
  std::set<std::string> threads() {
    std::set<std::string> ids;
    for (const auto& entry :
         std::filesystem::directory_iterator(fmt::format("/proc/{}/task", exporter_.process().pid())))
      ids.insert(entry.path().filename().string());
    return ids;
  }

  RunningSecurityExporter exporter_;
  int written_ = 0;
};

TEST_F(SecurityExporterTest, AnEmptyFileStarts) {
  exporter_.configure("");
  exporter_.start();
  EXPECT_THAT(exporter_.scrape(), testing::HasSubstr("security_exporter_build_info"));
  EXPECT_EQ(exporter_.process().stop(), 0);
}

TEST_F(SecurityExporterTest, TellsWhichRulesAreActive) {
  const RuleSetVersion all = version_of_rules(attack_rules_text());
  const RuleSetVersion less = version_of_rules(attack_rules_text(), {"sql_union_select"});
  const auto family = [](const RuleSetVersion& rules) {
    return "security_ruleset_info{version=\"" + rules.version + "\",sha256=\"" + rules.sha256 + "\"}";
  };
  exporter_.configure("");
  exporter_.start();
  EXPECT_TRUE(exporter_.shows(family(all), 1));
  exporter_.configure("rules: {without: [sql_union_select]}\n");
  EXPECT_EQ(exporter_.reload(), 200);
  EXPECT_TRUE(exporter_.shows(family(less), 1));
  EXPECT_THAT(exporter_.scrape(), testing::Not(testing::HasSubstr(all.sha256)));
}

TEST_F(SecurityExporterTest, TellsWhatTheLinesSay) {
  configure();
  append(100);
  exporter_.start();
  EXPECT_TRUE(exporter_.shows(kLines, 100));
  EXPECT_TRUE(
      exporter_.shows(R"(security_attack_requests_total{source="web",category="sql_injection"})", 10));
  EXPECT_TRUE(exporter_.shows(
      R"(security_attack_requests_accepted_total{source="web",category="sql_injection"})", 10));
  EXPECT_TRUE(exporter_.shows(R"(security_source_up{source="web"})", 1));
  append(50);
  EXPECT_TRUE(exporter_.shows(kLines, 150));
  const auto promtool = test::run_to_end({{test::find_program("promtool", "prometheus"), "check", "metrics"},
                                          {},
                                          {},
                                          exporter_.scrape().substr(1)});
  EXPECT_EQ(promtool.exit_code, 0) << promtool.errors;
}

TEST_F(SecurityExporterTest, KilledWhileLogsRotateItCountsEachLineOnce) {
  configure();
  append(1000);
  double highest = 0;
  for (int round = 0; round < 4; ++round) {
    exporter_.start();
    append(2000);
    ASSERT_TRUE(exporter_.reaches(kLines, written_ - 1500));
    rotate();
    append(1000);
    // While the daemon reads again what it had read, no scrape shows less.
    highest = std::max(highest, exporter_.value(kLines).value_or(highest));
    exporter_.process().kill9();
    append(500);
    rotate();
    append(500);
    exporter_.start();
    double shown = -1;
    ASSERT_TRUE(test::wait_until(std::chrono::seconds(20), [&] {
      const auto value = exporter_.value(kLines);
      if (value) shown = *value;
      return value.has_value();
    }));
    EXPECT_GE(shown, highest);
    EXPECT_TRUE(exporter_.shows(kLines, written_)) << exporter_.process().errors();
    exporter_.process().kill9();
  }
  exporter_.start();
  EXPECT_TRUE(exporter_.shows(kLines, written_));
  EXPECT_TRUE(exporter_.shows(R"(security_log_lost_bytes_total{source="web"})", 0));
  EXPECT_EQ(exporter_.process().stop(), 0);
}

TEST(SecurityExporterKills, NoScrapeFallsWhileALogIsWrittenRotatedAndTheExporterKilled) {
  int lines = 0;
  const KillOutcome outcome = run({.lines_per_second = 2000, .append_line = [&lines](std::string& text) {
                                     ++lines;
                                     text += "192.0.2." + std::to_string(lines % 250) +
                                             " - - [05/Jan/2026:12:00:00 +0000] \"GET /?id=" +
                                             std::to_string(lines) + " HTTP/1.1\" 200 100 \"-\" \"x\"\n";
                                   }});
  EXPECT_EQ(outcome.shown, outcome.written);
  EXPECT_GE(outcome.written, 15'000U);
  EXPECT_GE(outcome.rotations, 5);
  EXPECT_EQ(outcome.fell, 0);
  EXPECT_EQ(outcome.lost_bytes, 0U);
}

TEST_F(SecurityExporterTest, RefusesAFolderThatAnotherProcessUsesAlsoBesideADatabase) {
  exporter_.configure("");
  std::vector<std::string> command = exporter_.command();
  command.insert(command.end(), {"--storage.dsn", test::PostgresServer::shared().create_schema()});
  test::Process first(command);
  ASSERT_TRUE(test::wait_until(std::chrono::seconds(20), [this] {
    return test::http_get(exporter_.url("/-/ready")).status == 200;
  })) << first.errors();
  command[6] = fmt::format("127.0.0.1:{}", test::free_port());
  const auto second = test::run_to_end({.argv = command});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.errors, testing::HasSubstr(fmt::format(
                                 "security.lock is held by security_exporter (process {})", first.pid())));
  EXPECT_EQ(first.stop(), 0);
  exporter_.start();  // whoever has ended holds nothing
}

TEST_F(SecurityExporterTest, KilledWhileEventsWaitItHasThemAllTheSame) {
  read_first_line();
  append(99);
  test::Process first(command_without_store());
  ASSERT_TRUE(exporter_.shows(kLines, 100)) << first.errors();
  ASSERT_TRUE(exporter_.reaches("security_events_waiting", 9));
  first.kill9();
  exporter_.start();
  EXPECT_TRUE(exporter_.shows(kLines, 100));
  EXPECT_TRUE(exporter_.reaches("security_events_written_total", 9));
}

TEST_F(SecurityExporterTest, KilledInItsFirstMomentsItHasTheEventsAllTheSame) {
  configure();
  append(100);
  test::Process first(command_without_store());
  ASSERT_TRUE(exporter_.shows(kLines, 100)) << first.errors();
  first.kill9();
  exporter_.start();
  EXPECT_TRUE(exporter_.shows(kLines, 100));
  EXPECT_TRUE(exporter_.reaches("security_events_written_total", 10));
}

TEST_F(SecurityExporterTest, StoppedWhileEventsWaitItHasThemAllTheSame) {
  read_first_line();
  append(99);
  test::Process first(command_without_store());
  ASSERT_TRUE(exporter_.shows(kLines, 100)) << first.errors();
  ASSERT_TRUE(exporter_.reaches("security_events_waiting", 9));
  ASSERT_EQ(first.stop(), 0);
  exporter_.start();
  EXPECT_TRUE(exporter_.shows(kLines, 100));
  EXPECT_TRUE(exporter_.reaches("security_events_written_total", 9));
  append(10);
  ASSERT_TRUE(exporter_.shows(kLines, 110));
  ASSERT_EQ(exporter_.process().stop(), 0);
  const auto stored = decode_checkpoint(exporter_.dir().read("data/sources/web.state"));
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(stored->counts.tail.lines, 110U);  // behind events that are stored
}

TEST_F(SecurityExporterTest, WhatWasCountedStaysWhenASourceLeaves) {
  configure();
  append(100);
  exporter_.start();
  ASSERT_TRUE(exporter_.shows(kLines, 100));
  const auto matches = [this] {
    double sum = 0;
    std::istringstream lines(exporter_.scrape());
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("security_attack_rule_matches_total{"))
        sum += std::stod(line.substr(line.rfind(' ')));
    }
    return sum;
  };
  const double before = matches();
  ASSERT_GE(before, 10);
  exporter_.configure("sources: []\n");
  ASSERT_EQ(exporter_.reload(), 200);
  EXPECT_EQ(exporter_.value(kLines), std::nullopt);
  EXPECT_EQ(matches(), before);
  configure();
  ASSERT_EQ(exporter_.reload(), 200);
  ASSERT_TRUE(exporter_.shows(kLines, 100));
  EXPECT_EQ(matches(), before);
  append(100);
  ASSERT_TRUE(exporter_.shows(kLines, 200));
  EXPECT_EQ(matches(), 2 * before);
}

TEST_F(SecurityExporterTest, AReloadDisturbsNoSourceThatIsAsItWas) {
  configure();
  append(100);
  exporter_.start();
  ASSERT_TRUE(exporter_.shows(kLines, 100));
  const std::set<std::string> before = threads();
  const auto all_go_on = [&] { return std::ranges::includes(threads(), before); };
  configure("events: {max: 1000}\n");
  EXPECT_EQ(exporter_.reload(), 200);
  EXPECT_TRUE(all_go_on());
  append(100);
  EXPECT_TRUE(exporter_.shows(kLines, 200));
  EXPECT_TRUE(all_go_on());
  configure("signals: {window: 10m}\n");
  EXPECT_EQ(exporter_.reload(), 200);
  EXPECT_FALSE(all_go_on()) << "whoever judges otherwise begins anew";
  EXPECT_TRUE(exporter_.shows(kLines, 200));
  exporter_.configure("sources: [{name: web, path: access.log}, {name: web, path: /x}]\n");
  EXPECT_EQ(exporter_.reload(), 500);
  append(100);
  EXPECT_TRUE(exporter_.shows(kLines, 300));
}

}  // namespace
}  // namespace picket::security
