// A real nginx is sent attacks and harmless requests, and security_exporter reads its logs: how many does it find?
// Half of the attacks are of the rules' author, half of somebody who had not seen the rules.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exporters/security/formats/line_parser.h"
#include "exporters/security/signals/attack_scan.h"
#include "tests/http/raw_client.h"
#include "tests/security/detection/harmless_requests.h"
#include "tests/security/detection/wire_requests.h"
#include "tests/security/running_security_exporter.h"
#include "tests/support/free_port.h"
#include "tests/support/nginx_server.h"

namespace picket::security {
namespace {

constexpr const char* kLogFormat =
    R"($remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent )"
    R"("$http_referer" "$http_user_agent" "$http_cookie")";

struct Group {
  std::string name;  ///< of the source, and of its log
  std::vector<WireRequest> requests;
  int port = 0;
};

/// What the detector says of the line that nginx wrote for a request.
struct Found {
  std::array<bool, kAttackClasses.size()> classes{};
  std::string rules;

  bool is_attack() const {
    for (std::size_t i = 0; i < classes.size(); ++i) {
      if (classes[i] && kAttackClasses[i] != AttackClass::Unscannable) return true;
    }
    return false;
  }
  bool is(std::string_view kind) const {
    for (std::size_t i = 0; i < classes.size(); ++i) {
      if (classes[i] && to_string(kAttackClasses[i]) == kind) return true;
    }
    return false;
  }
};

/// Of a class, or of a group as a whole.
struct Tally {
  int all = 0;
  int matched = 0;
  int right = 0;  ///< in the class that the request is of

  double percent(int part) const { return all == 0 ? 0 : 100.0 * part / all; }
  void print(const std::string& name) const {
    std::printf("  %-20s %5d  matched %5d %6.2f %%  right class %5d %6.2f %%\n", name.c_str(), all, matched,
                percent(matched), right, percent(right));
  }
};

class NginxDetectionTest : public testing::Test {
 protected:
  NginxDetectionTest()
      : groups_{{"unseen", wire_requests("hostile_unseen.txt"), test::free_port()},
                {"seen", requests_of_fields("attack_fields.txt"), test::free_port()},
                {"benign", harmless_requests(5200), test::free_port()}},
        nginx_(servers()) {
    FormatConfig format;
    format.log_format = kLogFormat;
    format.fields = {{"cookie", "$http_cookie"}};
    parser_ = std::move(make_parser(format)).value();
  }

  std::string servers() const {
    std::string text = "log_format looked_at '" + std::string(kLogFormat) + "';\n";
    for (const Group& group : groups_) {
      text += "server { listen 127.0.0.1:" + std::to_string(group.port) + "; access_log @DIR@/" + group.name +
              ".log looked_at; location / { return 200 \"ok\"; } }\n";
    }
    return text + "server { listen 127.0.0.1:@PORT@; }";
  }

  std::string log_of(const Group& group) const { return nginx_.dir().file(group.name + ".log"); }

  /// One after the other: the lines of the log stand in the same order.
  void send_all() const {
    for (const Group& group : groups_) {
      for (const WireRequest& request : group.requests) {
        test::RawClient client(static_cast<std::uint16_t>(group.port));
        ASSERT_TRUE(client.send(request.bytes())) << request.line;
        ASSERT_TRUE(client.until_closed().has_value()) << request.line;
      }
    }
  }

  void start_exporter() {
    std::string sources;
    for (const Group& group : groups_) {
      sources += "  - {name: " + group.name + ", path: \"" + log_of(group) +
                 "\", from: start, log_format: '" + kLogFormat + "', fields: {cookie: \"$http_cookie\"}}\n";
    }
    exporter_.configure("sources:\n" + sources);
    exporter_.start();
    for (const Group& group : groups_) {
      ASSERT_TRUE(exporter_.shows("security_log_lines_total{source=\"" + group.name + "\"}",
                                  static_cast<double>(group.requests.size())));
    }
  }

  Found found_in(const std::string& line) {
    Found found;
    LogRecord record;
    EXPECT_EQ(parser_->parse(line, WallTime{}, record), ParseResult::Ok) << line;
    for (const AttackMatch& match : scan_.matches(record)) {
      const auto at = std::ranges::find(kAttackClasses, match.kind) - kAttackClasses.begin();
      found.classes.at(static_cast<std::size_t>(at)) = true;
      found.rules += " " + std::string(match.rule);
    }
    return found;
  }

  std::vector<Found> found_in(const Group& group) {
    std::vector<Found> all;
    std::ifstream log(log_of(group));
    for (std::string line; std::getline(log, line);) all.push_back(found_in(line));
    EXPECT_EQ(all.size(), group.requests.size());
    all.resize(group.requests.size());
    return all;
  }

  /// What is told of single requests here is what the exporter has counted.
  void compare_with_exporter(const Group& group, const std::vector<Found>& found) const {
    const std::string scrape = exporter_.scrape();
    for (std::size_t i = 0; i < kAttackClasses.size(); ++i) {
      const auto count = std::ranges::count_if(found, [i](const Found& one) { return one.classes[i]; });
      const std::string labels =
          "{source=\"" + group.name + "\",category=\"" + std::string(to_string(kAttackClasses[i])) + "\"}";
      EXPECT_EQ(test::RunningExporter::value_in(scrape, "security_attack_requests_total" + labels),
                static_cast<double>(count))
          << labels;
    }
  }

  static void print_missed(const WireRequest& request, const Found& found) {
    if (!found.is_attack())
      std::printf("missed: %s %s\n", request.kind.c_str(), request.line.c_str());
    else if (!found.is(request.kind))
      std::printf("other class: %s %s:%s\n", request.kind.c_str(), request.line.c_str(), found.rules.c_str());
  }

  /// Counts, prints and gives back the sum of a group.
  Tally measure(const Group& group, bool tell_missed) {
    const std::vector<Found> found = found_in(group);
    compare_with_exporter(group, found);
    std::map<std::string, Tally> kinds;
    Tally sum;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const WireRequest& request = group.requests[i];
      for (Tally* tally : {&kinds[request.kind], &sum}) {
        ++tally->all;
        tally->matched += found[i].is_attack() ? 1 : 0;
        tally->right += found[i].is(request.kind) ? 1 : 0;
      }
      if (tell_missed) print_missed(request, found[i]);
      if (group.name == "benign" && found[i].is_attack())
        std::printf("false alarm: %s:%s\n", request.line.c_str(), found[i].rules.c_str());
    }
    std::printf("%s\n", group.name.c_str());
    for (const auto& [kind, tally] : kinds) tally.print(kind);
    sum.print("all");
    return sum;
  }

  const std::vector<Group> groups_;
  test::NginxServer nginx_;
  RunningSecurityExporter exporter_;
  std::unique_ptr<LineParser> parser_;
  AttackScan scan_{Detector::built_in().value()};
};

TEST_F(NginxDetectionTest, FindsAttacksAndLeavesHarmlessRequestsAlone) {
  ASSERT_NO_FATAL_FAILURE(send_all());
  ASSERT_NO_FATAL_FAILURE(start_exporter());

  const Tally unseen = measure(groups_.at(0), true);
  EXPECT_GE(unseen.all, 320);
  EXPECT_GE(unseen.percent(unseen.matched), 85);
  const Tally seen = measure(groups_.at(1), false);
  EXPECT_GE(seen.all, 300);
  const Tally benign = measure(groups_.at(2), false);
  EXPECT_GE(benign.all, 5000);
  EXPECT_LE(benign.percent(benign.matched), 0.3);
}

TEST_F(NginxDetectionTest, EachClassHasRequestsOfBothHalves) {
  for (const AttackClass kind : kAttackClasses) {
    if (kind == AttackClass::Unscannable) continue;
    for (const Group& group : {groups_.at(0), groups_.at(1)}) {
      const auto is_of = [kind](const WireRequest& request) { return request.kind == to_string(kind); };
      EXPECT_GE(std::ranges::count_if(group.requests, is_of), 5) << group.name << " " << to_string(kind);
    }
  }
}

}  // namespace
}  // namespace picket::security
