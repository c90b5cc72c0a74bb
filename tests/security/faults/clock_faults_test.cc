// Clocks that are set: the machine's, by a day, and that of whoever writes the log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/time/timestamp.h"
#include "exporters/security/posture/scanner.h"
#include "tests/security/sources/reader_fixture.h"

namespace picket::security {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

/// sshd's log as it is written meanwhile, read and stored as SourceThread does.
class SetClock : public ReaderFixture {
 protected:
  SetClock() { open(); }

  void open() {
    reader_.reset();
    reader_ = ReaderFixture::open({.name = "ssh",
                                   .format = {.type = FormatType::Auth},
                                   .files = {.pattern = dir_.file("auth.log"), .from = TailFrom::Start}});
  }
  /// So many failed logins of one client, a second between them, at the time of the log's writer.
  void fail_logins(const std::string& client, int count) {
    for (int i = 0; i < count; ++i) {
      clock_.advance(seconds(1));
      std::ofstream(dir_.file("auth.log"), std::ios::app)
          << format_rfc3339(clock_.wall() + writer_is_ahead_)
          << " host sshd[7]: Failed password for root from " << client << " port 4711 ssh2\n";
      ++written_;
    }
    read();
  }
  void read() {
    while (reader_->step()) {
    }
    reader_->checkpoint();
    reader_->publish();
    expect_nothing_fell();
  }
  void expect_nothing_fell() {
    const SourceStatusPtr status = reader_->status();
    EXPECT_EQ(status->counts.tail.lines, written_);
    Count failures = 0;
    for (const auto& of_method : status->signals.counters.login_failures)
      for (const Count count : of_method) failures += count;
    EXPECT_GE(failures, failures_);
    const Count detected =
        status->signals.counters.detections.at(static_cast<std::size_t>(DetectionKind::BruteForce));
    EXPECT_GE(detected, detected_);
    failures_ = failures;
    detected_ = detected;
    EXPECT_EQ(status->checkpoint_problem, "");
    EXPECT_TRUE(reader_->is_settled());
  }
  bool is_found(const std::string& client) const {
    return std::ranges::any_of(events_, [&](const SecurityEvent& event) {
      return event.kind == "brute_force" && event.category.empty() && event.client == client;
    });
  }
  /// Logins of a client that nobody has seen before.
  void attack(int count, const std::string& when) {
    const std::string client = fmt::format("203.0.113.{}", ++clients_);
    fail_logins(client, count);
    EXPECT_TRUE(is_found(client)) << when;
  }

  std::unique_ptr<SourceReader> reader_;
  Duration writer_is_ahead_{};
  std::uint64_t written_ = 0;
  Count failures_ = 0, detected_ = 0;
  int clients_ = 0;
};

TEST_F(SetClock, Fault33ByADayFallsNoCounterAndAttacksAreStillFound) {
  attack(30, "before");
  for (const int hours_on : {24, -24, -24, 24, 24 * 400, -24 * 400}) {
    clock_.step_wall(hours(hours_on));
    read();
    attack(200, fmt::format("{} h", hours_on));
    clock_.step_wall(seconds(-90));
    attack(30, fmt::format("{} h and 90 s back", hours_on));
    open();  // what is stored holds as well
    read();
  }
  EXPECT_EQ(failures_, written_);
}

TEST_F(SetClock, Fault33OfTheWriterByADayIsTheSame) {
  attack(30, "before");
  for (const int hours_ahead : {24, 0, -24, 0, 25, -25, 0}) {
    writer_is_ahead_ = hours(hours_ahead);
    attack(200, fmt::format("{} h ahead", hours_ahead));
    open();
    read();
  }
  EXPECT_EQ(failures_, written_);
}

TEST_F(SetClock, Fault33TheOlderStateToFallBackToIsRenewedAllTheSame) {
  fail_logins("203.0.113.1", 1);
  for (const int hours_on : {-24, 24}) {
    clock_.step_wall(hours(hours_on));
    fail_logins("203.0.113.2", 1);
    EXPECT_NE(dir_.read("ssh.state.previous"), dir_.read("ssh.state")) << hours_on;
    clock_.advance(StateFile::kPreviousAge);
    fail_logins("203.0.113.2", 1);
    EXPECT_EQ(dir_.read("ssh.state.previous"), dir_.read("ssh.state")) << hours_on;
  }
}

TEST(SetClockOfScans, Fault33ScansKeepTheirInterval) {
  test::ManualScheduler scheduler;
  SystemRandom random;
  Logger log({}, scheduler.clock(), [](std::string_view) {});
  int asked = 0;
  const auto scanner = std::make_shared<Scanner>(Scanner::Services{scheduler, random, log,
                                                                   [&](auto, auto, auto done) {
                                                                     ++asked;
                                                                     Observation seen;
                                                                     seen.at = scheduler.clock().wall();
                                                                     done(std::move(seen));
                                                                   },
                                                                   [](const SecurityEvent&) {}});
  scanner->start();
  ScanConfig config;
  config.target = "https://a.example";
  config.interval = hours(1);
  scanner->apply({config});
  scheduler.advance(seconds(30));
  ASSERT_EQ(asked, 1);
  int expected = 1;
  for (const int hours_on : {24, -24, -24, 24}) {
    scheduler.manual_clock().step_wall(hours(hours_on));
    scheduler.advance(std::chrono::minutes(59));
    EXPECT_EQ(asked, expected) << hours_on;
    scheduler.advance(std::chrono::minutes(1));
    EXPECT_EQ(asked, ++expected) << hours_on;
  }
  scanner->stop();
}

}  // namespace
}  // namespace picket::security
