// The lines that tell of changes and failures.
#include "tests/health/service/engine_fixture.h"

namespace picket::health {
namespace {

using std::chrono::seconds;
using test::failure;
using test::success;

/// A line without its time and level.
std::string said(const std::string& line) {
  return line.substr(line.find("msg="));
}

TEST_F(EngineTest, LogsEveryChangeOfState) {
  apply(R"(
checks: [{name: a, interval: 15s, recommendation: "Look at its log.", prober: {fake: {target: a}}}]
maintenance: [{name: update, windows: [{times: [{start_time: "12:01", end_time: "12:02"}]}]}]
)");
  probes_.answer("a", success());
  engine_->start();
  scheduler_.advance(seconds(1));
  EXPECT_TRUE(lines_.empty());  // that a new check was found well is no news
  probes_.answer("a", failure());
  scheduler_.advance(seconds(15));
  probes_.answer("a", success());
  scheduler_.advance(seconds(46));
  ASSERT_EQ(lines_.size(), 3U);
  EXPECT_NE(lines_[0].find("level=warn"), std::string::npos);
  EXPECT_EQ(said(lines_[0]),
            "msg=\"service changed state\" check=a from=operational to=down reason=connect "
            "detail=\"connection refused\" recommendation=\"Look at its log.\"");
  EXPECT_NE(lines_[1].find("level=info"), std::string::npos);
  EXPECT_EQ(said(lines_[1]),
            "msg=\"service changed state\" check=a from=down to=operational reason=recovered");
  EXPECT_EQ(said(lines_[2]),
            "msg=\"service changed state\" check=a from=operational to=maintenance reason=maintenance");
  EXPECT_EQ(events_[2].message, "update");
}

TEST_F(EngineTest, LogsAFailureThatChangesNothingOnceAMinute) {
  apply(R"(
checks: [{name: a, interval: 1s, failures_before_down: 1000, prober: {fake: {target: a}}}]
)");
  probes_.answer("a", success());
  engine_->start();
  scheduler_.advance(seconds(1));
  probes_.answer("a", failure());
  scheduler_.advance(seconds(60));
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(said(lines_[0]),
            "msg=\"probe failed\" check=a state=operational consecutive_failures=1 reason=connect "
            "detail=\"connection refused\" recommendation=\"Check that the service runs and listens on that "
            "address and port; then look for a firewall in between.\"");
  probes_.answer("a", failure(FailureReason::Timeout, "no answer within 5s"));  // another reason is news
  scheduler_.advance(seconds(1));
  ASSERT_EQ(lines_.size(), 2U);
  scheduler_.advance(seconds(150));
  EXPECT_EQ(lines_.size(), 4U);
}

TEST_F(EngineTest, LogsAreBoundedWhenEverythingFails) {
  std::string text = "checks:\n";
  for (int i = 0; i < 3000; ++i) {
    text += fmt::format(
        "- {{name: c{}, interval: 1s, failures_before_down: 3, prober: {{fake: {{target: c}}}}}}\n", i);
  }
  apply(text);
  probes_.answer("c", success());
  engine_->start();
  scheduler_.advance(seconds(2));
  probes_.answer("c", failure());
  scheduler_.advance(seconds(1));
  EXPECT_LE(lines_.size(), 50U);  // 20 a second of one message
  scheduler_.advance(seconds(3));
  EXPECT_LE(lines_.size(), 3100U);  // and every change of state, up to 1000 a second
}

}  // namespace
}  // namespace picket::health
