// Services that report by themselves: how long their word holds, over reloads and restarts.
#include "tests/health/service/engine_fixture.h"

namespace picket::health {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::success;

TEST_F(EngineTest, HeartbeatsExpire) {
  apply("heartbeats: [{name: backup, ttl: 1m}]\nchecks: [{name: a, prober: {fake: {target: a}}}]");
  probes_.answer("a", success());
  engine_->start();
  scheduler_.advance(seconds(30));
  EXPECT_EQ(state("backup"), State::Unknown);
  ASSERT_TRUE(engine_->heartbeat("backup", {.state = State::Degraded, .message = "slow disk"}));
  EXPECT_EQ(state("backup"), State::Degraded);
  EXPECT_EQ(status("backup").last->detail, "slow disk");
  scheduler_.advance(seconds(59));
  EXPECT_EQ(state("backup"), State::Degraded);
  scheduler_.advance(seconds(2));
  EXPECT_EQ(state("backup"), State::Down);
  ASSERT_TRUE(engine_->heartbeat("backup", {.message = "", .ttl = minutes(10)}));
  scheduler_.advance(minutes(9));
  EXPECT_EQ(state("backup"), State::Operational);
  ASSERT_TRUE(engine_->heartbeat("backup", {.state = State::Down, .message = ""}));
  EXPECT_EQ(events_.back().message, "the service reports that it is down");
  EXPECT_EQ(engine_->heartbeat("nobody", {}).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(engine_->heartbeat("a", {}).error().kind, ErrorKind::Conflict);
}

constexpr const char* kPatient = "heartbeats: [{name: backup, ttl: 1m}]";

TEST_F(EngineTest, AHeartbeatsOwnTtlHoldsOverAReload) {
  apply(kPatient);
  engine_->start();
  ASSERT_TRUE(engine_->heartbeat("backup", {.message = "", .ttl = hours(25)}));
  apply("heartbeats: [{name: backup, ttl: 2m}]");
  scheduler_.advance(hours(24));
  EXPECT_EQ(state("backup"), State::Operational);
  scheduler_.advance(hours(1) + seconds(1));
  EXPECT_EQ(state("backup"), State::Down);
}

TEST_F(EngineTest, AConfiguredTtlCountsFromTheLastReport) {
  apply(kPatient);
  engine_->start();
  ASSERT_TRUE(engine_->heartbeat("backup", {}));
  scheduler_.advance(seconds(30));
  apply("heartbeats: [{name: backup, ttl: 10m}]");
  scheduler_.advance(minutes(9));
  EXPECT_EQ(state("backup"), State::Operational);
  apply("heartbeats: [{name: backup, ttl: 5s}]");  // it has these 5 s from now on
  EXPECT_EQ(state("backup"), State::Operational);
  scheduler_.advance(seconds(6));
  EXPECT_EQ(state("backup"), State::Down);
}

TEST_F(EngineTest, AHeartbeatsOwnTtlHoldsOverARestart) {
  apply(kPatient);
  engine_->start();
  ASSERT_TRUE(engine_->heartbeat("backup", {.message = "", .ttl = hours(25)}));
  scheduler_.advance(minutes(1));
  const auto saved = engine_->save(0, 1);
  restart();
  scheduler_.advance(minutes(30));  // longer than a probed state is trusted
  apply(kPatient);
  engine_->restore(saved);
  engine_->start();
  scheduler_.advance(hours(24));
  EXPECT_EQ(state("backup"), State::Operational);
  scheduler_.advance(hours(1));
  EXPECT_EQ(state("backup"), State::Down);
}

TEST_F(EngineTest, RestartsDoNotKeepADeadServiceAlive) {
  apply(kPatient);
  engine_->start();
  ASSERT_TRUE(engine_->heartbeat("backup", {}));
  for (int i = 0; i < 3; ++i) {
    scheduler_.advance(seconds(25));
    const auto saved = engine_->save(0, 1);
    restart();
    scheduler_.advance(seconds(1));
    apply(kPatient);
    engine_->restore(saved);
    engine_->start();
    EXPECT_EQ(state("backup"), i < 2 ? State::Operational : State::Down) << i;
    scheduler_.advance(seconds(1));
  }
  EXPECT_EQ(state("backup"), State::Down);
  ASSERT_EQ(events_.size(), 1U);
  EXPECT_EQ(events_[0].message, "no heartbeat within its time to live");
  EXPECT_NE(lines_.back().find("Check that the service runs and that its reports reach this exporter."),
            std::string::npos);
}

TEST_F(EngineTest, ADeadServiceIsDeadAfterALongPauseToo) {
  apply(kPatient);
  engine_->start();
  ASSERT_TRUE(engine_->heartbeat("backup", {.message = "", .ttl = hours(25)}));
  scheduler_.advance(hours(26));
  const auto saved = engine_->save(0, 1);
  restart();
  scheduler_.advance(hours(3));
  apply(kPatient);
  engine_->restore(saved);
  EXPECT_EQ(state("backup"), State::Down);
  engine_->start();
  scheduler_.advance(hours(1));
  EXPECT_EQ(state("backup"), State::Down);
  EXPECT_EQ(events_.size(), 1U);
}

TEST_F(EngineTest, WhileNoProcessRanNobodyCouldReport) {
  apply(kPatient);
  engine_->start();
  ASSERT_TRUE(engine_->heartbeat("backup", {}));
  scheduler_.advance(seconds(20));
  const auto saved = engine_->save(0, 1);
  restart();
  scheduler_.advance(minutes(5));
  apply(kPatient);
  engine_->restore(saved);
  engine_->start();
  scheduler_.manual_clock().step_wall(hours(5));  // only a restart looks at the wall clock
  scheduler_.advance(seconds(39));
  EXPECT_EQ(state("backup"), State::Operational);
  scheduler_.advance(seconds(2));
  EXPECT_EQ(state("backup"), State::Down);
}

TEST_F(EngineTest, AReportThatIsLongOverIsNotTrusted) {
  apply(kPatient);
  engine_->start();
  ASSERT_TRUE(engine_->heartbeat("backup", {}));
  scheduler_.advance(seconds(20));
  const auto saved = engine_->save(0, 1);
  restart();
  scheduler_.advance(hours(3));
  apply(kPatient);
  engine_->restore(saved);
  engine_->start();
  scheduler_.advance(seconds(39));
  EXPECT_EQ(state("backup"), State::Unknown);
  scheduler_.advance(seconds(2));
  EXPECT_EQ(state("backup"), State::Down);
}

TEST_F(EngineTest, AReportIsNewerThanWhatIsRestoredLate) {
  apply(kPatient);
  engine_->start();
  ASSERT_TRUE(engine_->heartbeat("backup", {.message = "", .ttl = hours(25)}));
  const auto saved = engine_->save(0, 1);
  restart();
  apply(kPatient);
  engine_->start();
  ASSERT_TRUE(engine_->heartbeat("backup", {.message = "", .ttl = minutes(5)}));
  engine_->restore(saved);
  scheduler_.advance(minutes(4));
  EXPECT_EQ(state("backup"), State::Operational);
  scheduler_.advance(minutes(2));
  EXPECT_EQ(state("backup"), State::Down);
}

}  // namespace
}  // namespace picket::health
