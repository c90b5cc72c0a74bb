#include "exporters/security/posture/scanner.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/files/files.h"
#include "exporters/security/posture/judge.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/temp_dir.h"

namespace picket::security {
namespace {

using namespace std::chrono_literals;

/// A target that answers when the test says so.
class ScannerTest : public testing::Test {
 protected:
  struct Asked {
    std::shared_ptr<const ScanConfig> config;
    Deadline deadline;
    std::function<void(Result<Observation>)> done;
  };

  ScannerTest() { scanner_->start(); }

  static ScanConfig scan(const std::string& target, Duration interval = 1h) {
    ScanConfig config;
    config.target = target;
    config.interval = interval;
    return config;
  }
  static Observation seen(bool old_versions) {
    Observation observation;
    observation.at = test::ManualClock::kStart;
    observation.tls.accepted = {false, old_versions, false, true, true};
    observation.page.status = 503;
    observation.page.error = "down";
    return observation;
  }
  void answer(const Result<Observation>& result) {
    const Asked asked = std::move(asked_.front());
    asked_.pop_front();
    asked.done(result);
    scheduler_.advance(0s);
  }
  ScanStatus status(std::size_t index = 0) { return scanner_->snapshot()->targets.at(index); }

  test::ManualScheduler scheduler_;
  SystemRandom random_;
  Logger log_{{}, scheduler_.clock(), [this](std::string_view line) { lines_.emplace_back(line); }};
  std::vector<std::string> lines_;
  std::deque<Asked> asked_;
  std::vector<SecurityEvent> events_;
  std::shared_ptr<Scanner> scanner_ = std::make_shared<Scanner>(
      Scanner::Services{scheduler_, random_, log_,
                        [this](auto config, auto deadline, auto done) {
                          asked_.push_back({config, deadline, done});
                        },
                        [this](SecurityEvent event) { events_.push_back(std::move(event)); }});
};

TEST_F(ScannerTest, ScansAtTheInterval) {
  scanner_->apply({scan("https://a.example")});
  EXPECT_FALSE(status().scanned);
  scheduler_.advance(30s);
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_LE(asked_.front().deadline.remaining(scheduler_.clock()), 1min);
  answer(seen(false));
  EXPECT_TRUE(status().success);
  ASSERT_NE(status().result, nullptr);
  scheduler_.advance(59min);
  EXPECT_EQ(asked_.size(), 0U);
  scheduler_.advance(1min);
  EXPECT_EQ(asked_.size(), 1U);
}

TEST_F(ScannerTest, RunsAFewAtATimeAndNoneTwice) {
  scanner_->apply({scan("https://a.example"), scan("https://b.example"), scan("https://c.example", 1min)});
  scheduler_.advance(30s);
  EXPECT_EQ(asked_.size(), 2U);
  scheduler_.advance(5h);
  EXPECT_EQ(asked_.size(), 2U);
  answer(seen(false));
  EXPECT_EQ(asked_.size(), 2U);
  answer(seen(false));
  answer(seen(false));
  // Each that waited had its turn, once.
  while (!asked_.empty()) answer(seen(false));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(status(i).success);
}

TEST_F(ScannerTest, KeepsTheLastResultWhenAScanFails) {
  scanner_->apply({scan("https://a.example")});
  scheduler_.advance(30s);
  answer(seen(true));
  const auto before = status().result;
  scheduler_.advance(1h);
  answer(fail(ErrorKind::Unavailable, "connection refused"));
  EXPECT_FALSE(status().success);
  EXPECT_EQ(status().error, "connection refused");
  ASSERT_EQ(status().result, before);
  EXPECT_EQ(status().result->finished, test::ManualClock::kStart);
  ASSERT_FALSE(lines_.empty());
  EXPECT_NE(lines_.back().find("posture scan failed"), std::string::npos);
}

TEST_F(ScannerTest, TriesAFailedScanAgainSoonAndThenLessOften) {
  const Result<Observation> refused = fail(ErrorKind::Unavailable, "connection refused");
  scanner_->apply({scan("https://a.example")});
  scheduler_.advance(30s);
  for (const Duration wait : {1min, 2min, 4min, 8min, 16min, 32min, 60min, 60min}) {
    answer(refused);
    scheduler_.advance(wait - 1s);
    ASSERT_EQ(asked_.size(), 0U) << wait.count();
    scheduler_.advance(1s);
    ASSERT_EQ(asked_.size(), 1U) << wait.count();
  }
  answer(seen(false));
  scheduler_.advance(59min);
  EXPECT_EQ(asked_.size(), 0U);
  scheduler_.advance(1min);
  ASSERT_EQ(asked_.size(), 1U);
  answer(refused);
  scheduler_.advance(1min);
  EXPECT_EQ(asked_.size(), 1U);
}

TEST_F(ScannerTest, TellsWhatComesAndGoes) {
  scanner_->apply({scan("https://a.example")});
  scheduler_.advance(30s);
  answer(seen(true));
  ASSERT_EQ(events_.size(), 1U);
  EXPECT_EQ(events_[0].kind, "posture");
  EXPECT_EQ(events_[0].category, "tls-old-versions");
  EXPECT_EQ(events_[0].source, "https://a.example");
  EXPECT_EQ(events_[0].severity, Severity::High);
  EXPECT_EQ(events_[0].summary, "tls-old-versions: TLS 1.0 accepted");
  scheduler_.advance(1h);
  answer(seen(true));
  EXPECT_EQ(events_.size(), 1U);  // it is still there
  scheduler_.advance(1h);
  Observation unclear = seen(false);
  unclear.tls.accepted[1] = std::nullopt;
  answer(unclear);
  EXPECT_EQ(events_.size(), 1U);  // nobody knows
  EXPECT_EQ(status().open.size(), 1U);
  scheduler_.advance(1h);
  answer(seen(false));
  ASSERT_EQ(events_.size(), 2U);
  EXPECT_EQ(events_[1].severity, Severity::Info);
  EXPECT_EQ(events_[1].summary, "tls-old-versions: mended");
  EXPECT_TRUE(status().open.empty());
  EXPECT_NE(events_[0].id, events_[1].id);
}

TEST_F(ScannerTest, SaysWhyAFindingIsNoLongerOpen) {
  ScanConfig config = scan("https://a.example");
  const ScanResult before = judge(seen(true), config);
  const auto end_by = [&](const Observation& now, const ScanConfig& today) {
    OpenFindings open;
    finding_events(config.target, before, false, open);
    const auto events = finding_events(config.target, judge(now, today), false, open);
    EXPECT_TRUE(open.empty());
    return events.empty() ? "" : events.front().summary;
  };
  EXPECT_EQ(end_by(seen(false), config), "tls-old-versions: mended");
  ScanConfig expecting = config;
  expecting.expect = {{.check = "tls-old-versions", .reason = "old scanners need it"}};
  EXPECT_EQ(end_by(seen(true), expecting), "tls-old-versions: expected: old scanners need it");
  Observation plain = seen(true);
  plain.https = false;
  plain.loopback = true;
  EXPECT_EQ(end_by(plain, config), "tls-old-versions: no longer applies, the target is plain HTTP");
}

/// A scan of a.example that sees this, `hours` after the first, by an exporter that was started anew.
class RestartedScannerTest : public ScannerTest {
 protected:
  std::vector<SecurityEvent> scan_after_restart(bool old_versions, int hours) {
    events_.clear();
    scanner_ = std::make_shared<Scanner>(services());
    scanner_->take_up(file_.load());
    scanner_->apply({scan("https://a.example")});
    scanner_->start();
    scheduler_.advance(30s);
    Observation observation = seen(old_versions);
    observation.at += hours * 1h;
    answer(observation);
    return events_;
  }
  Scanner::Services services() {
    return {scheduler_,
            random_,
            log_,
            [this](auto config, auto deadline, auto done) {
              asked_.push_back({config, deadline, done});
            },
            [this](SecurityEvent event) { events_.push_back(std::move(event)); },
            [this](const FindingsByTarget& open) { file_.save(open); }};
  }

  test::TempDir dir_;
  RealFiles files_;
  MetricRegistry registry_;
  FindingsFile file_{dir_.file("posture.state"), {files_, scheduler_.clock(), log_, registry_}};
};

TEST_F(RestartedScannerTest, TellsOpenFindingsWithTheIdThatTheyHad) {
  const auto first = scan_after_restart(true, 0);
  const auto second = scan_after_restart(true, 5);
  ASSERT_EQ(first.size(), 1U);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(first[0].id, second[0].id);
  EXPECT_EQ(second[0].time, test::ManualClock::kStart);
}

TEST_F(RestartedScannerTest, TellsThatAFindingIsGoneAndThatItIsBack) {
  const auto found = scan_after_restart(true, 0);
  const auto gone = scan_after_restart(false, 5);
  const auto again = scan_after_restart(true, 10);
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0].summary, "tls-old-versions: mended");
  ASSERT_EQ(again.size(), 1U);
  EXPECT_NE(again[0].id, found.at(0).id);
  EXPECT_TRUE(scan_after_restart(false, 11).size() == 1 && scan_after_restart(false, 12).empty());
}

TEST_F(RestartedScannerTest, CountsWhatCannotBeStoredAndTriesAgain) {
  std::filesystem::create_directory(dir_.file("posture.state"));  // no file can take its place
  const auto failures = [this] {
    return registry_.counter("security_posture_state_write_failures_total", "").Add({}).Value();
  };
  EXPECT_EQ(failures(), 0);
  scan_after_restart(true, 0);
  EXPECT_EQ(failures(), 1);
  scan_after_restart(true, 5);
  EXPECT_EQ(failures(), 2);
  std::filesystem::remove(dir_.file("posture.state"));
  scan_after_restart(true, 10);
  EXPECT_EQ(failures(), 2);
  EXPECT_TRUE(std::filesystem::is_regular_file(dir_.file("posture.state")));
}

TEST_F(RestartedScannerTest, SetsADamagedFileAside) {
  scan_after_restart(true, 0);
  for (const char* text :
       {"", "{", "[]", R"({"version":1})", R"({"version":2,"targets":{}})", R"({"version":1,"targets":[]})",
        R"({"version":1,"targets":{"a":{"cors":"x"}}})", R"({"version":1,"targets":{"a":{"cors":-1}}})"}) {
    dir_.write("posture.state", text);
    lines_.clear();
    EXPECT_EQ(scan_after_restart(true, 5).size(), 1U) << text;
    ASSERT_FALSE(lines_.empty()) << text;
    EXPECT_NE(lines_.front().find("cannot be used"), std::string::npos) << lines_.front();
  }
  EXPECT_GE(files_.glob(dir_.file("posture.state.damaged-*"))->size(), 1U);
}

TEST_F(ScannerTest, KeepsResultsOverAReloadAndForgetsTargetsThatGo) {
  scanner_->apply({scan("https://a.example"), scan("https://b.example")});
  scheduler_.advance(30s);
  ASSERT_EQ(asked_.size(), 2U);
  const bool first_is_a = asked_.front().config->target == "https://a.example";
  scanner_->apply({scan("https://a.example", 10min)});
  answer(seen(true));
  answer(seen(true));
  ASSERT_EQ(scanner_->snapshot()->targets.size(), 1U);
  EXPECT_TRUE(status().success) << first_is_a;
  EXPECT_EQ(events_.size(), 1U);  // the other target is gone
  scheduler_.advance(10min);
  EXPECT_EQ(asked_.size(), 1U);
}

TEST_F(ScannerTest, NeverScansATargetTwiceAtATimeAlsoWhenItIsRemovedAndComesBack) {
  scanner_->apply({scan("https://a.example", 10min)});
  scheduler_.advance(30s);
  ASSERT_EQ(asked_.size(), 1U);
  scanner_->apply({});
  scanner_->apply({scan("https://b.example", 10min)});
  scanner_->apply({scan("https://a.example", 10min)});
  scheduler_.advance(1h);
  ASSERT_EQ(asked_.size(), 1U);
  answer(seen(true));
  EXPECT_TRUE(status().success);
  scheduler_.advance(10min);
  EXPECT_EQ(asked_.size(), 1U);
}

TEST_F(ScannerTest, StopsForGood) {
  scanner_->apply({scan("https://a.example")});
  scheduler_.advance(30s);
  scanner_->stop();
  answer(seen(true));
  EXPECT_FALSE(status().scanned);
  EXPECT_TRUE(events_.empty());
  scheduler_.advance(5h);
  EXPECT_TRUE(asked_.empty());
  // Late answers find the scanner gone.
  scanner_->start();
  scheduler_.advance(2h);
  ASSERT_EQ(asked_.size(), 1U);
  scanner_.reset();
  answer(seen(true));
}

}  // namespace
}  // namespace picket::security
