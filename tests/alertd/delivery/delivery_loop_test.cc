#include "alertd/delivery/delivery_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <vector>

#include "base/exec/worker_pool.h"
#include "tests/alertd/delivery/delivery_stage.h"
#include "tests/support/wait.h"

namespace picket::alertd {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::ToldNotifier;

class DeliveryLoopTest : public testing::Test {
 protected:
  test::DeliveryStage stage_;
};

TEST_F(DeliveryLoopTest, AMessageWhoseNotifierThrowsIsTriedAgainAndHoldsUpNoOther) {
  stage_.notifier->answer = [](const Message& message) -> DeliveryResult {
    if (message.summary.starts_with("bad")) throw std::runtime_error("a fault of ours");
    return ToldNotifier::delivered();
  };
  const std::string bad = stage_.put("bad");
  for (int i = 0; i < 4; ++i) stage_.put("bad " + std::to_string(i));
  stage_.loop.start();
  stage_.advance(seconds(1));
  const std::string good = stage_.put("good");
  stage_.advance(minutes(10));
  EXPECT_EQ(stage_.state_of(good), DeliveryState::Delivered);
  EXPECT_EQ(stage_.state_of(bad), DeliveryState::Pending);
  EXPECT_EQ(stage_.outbox.attempts(bad).value().at(0).outcome, "retry") << "the ledger says how it ended";
  DeliveryConfig short_lived;
  short_lived.lifetime = minutes(10);
  stage_.loop.reload(short_lived);
  stage_.advance(minutes(10));
  EXPECT_EQ(stage_.state_of(bad), DeliveryState::Expired) << "it is not tried for ever";
}

TEST_F(DeliveryLoopTest, ARoundThatThrowsIsNotTheLast) {
  stage_.run_in_lane = [](const Task& /*task*/) -> bool {
    throw std::runtime_error("no thread can be made");
  };
  const std::string id = stage_.put("A");
  stage_.loop.start();
  stage_.advance(seconds(1));
  stage_.run_in_lane = stage_.run;
  stage_.advance(minutes(2));
  EXPECT_EQ(stage_.state_of(id), DeliveryState::Delivered);
}

TEST_F(DeliveryLoopTest, AMessageThatNoThreadTakesIsFreeAgain) {
  stage_.run_in_lane = [](const Task& /*task*/) { return false; };
  const std::string id = stage_.put("A");
  stage_.loop.start();
  stage_.advance(seconds(1));
  stage_.run_in_lane = stage_.run;
  stage_.advance(seconds(1));
  EXPECT_EQ(stage_.state_of(id), DeliveryState::Delivered);
  EXPECT_EQ(stage_.outbox.attempts(id).value().size(), 1U) << "what was not begun is not in the ledger";
}

TEST_F(DeliveryLoopTest, AResultThatCannotBeRecordedIsRecordedAsSoonAsItCan) {
  std::vector<Task> held;
  stage_.run_in_lane = [&](const Task& task) {
    held.push_back(task);
    return true;
  };
  const std::string id = stage_.put("A");
  stage_.loop.start();
  stage_.advance(seconds(1));
  ASSERT_EQ(held.size(), 1U);
  const std::unique_ptr<sql::Database> other = stage_.open();
  ASSERT_TRUE(other->transaction([&](sql::Session& session) -> Result<void> {
    EXPECT_TRUE(session.execute("UPDATE deliveries SET receiver = receiver")) << "nobody else can write now";
    held.front()();
    stage_.advance(minutes(5));
    return {};
  }));
  EXPECT_EQ(stage_.state_of(id), DeliveryState::Pending);
  stage_.advance(seconds(1));
  EXPECT_EQ(stage_.state_of(id), DeliveryState::Delivered);
  EXPECT_EQ(held.size(), 1U) << "it is not sent again";
}

TEST_F(DeliveryLoopTest, AStopEndsATryThatWouldTakeLong) {
  std::promise<void> stop;
  std::atomic<bool> begun{false}, ended{false};
  stage_.notifier->on_stop = [&] { stop.set_value(); };
  stage_.notifier->answer = [&](const Message& /*message*/) {
    begun = true;
    stop.get_future().wait();
    ended = true;
    return ToldNotifier::result(DeliveryOutcome::Retry, 0);
  };
  WorkerPool lane("deliver", {.threads = 1, .queue = 1});
  stage_.run_in_lane = [&](const Task& task) { return lane.submit(task); };
  stage_.put("A");
  stage_.loop.start();
  stage_.advance(seconds(1));
  ASSERT_TRUE(picket::test::wait_until(seconds(10), [&] { return begun.load(); }));
  stage_.loop.stop();
  const bool in_time = picket::test::wait_until(seconds(10), [&] { return ended.load(); });
  EXPECT_TRUE(in_time);
  if (!in_time) stop.set_value();
}

TEST_F(DeliveryLoopTest, AStopWaitsForTheRoundUnderWay) {
  std::promise<void> go_on;
  std::atomic<bool> in_round{false};
  WorkerPool rounds("delivery", {.threads = 1, .queue = 1});
  stage_.run_in_lane = [&](const Task& /*task*/) {
    in_round = true;
    go_on.get_future().wait();
    return true;
  };
  stage_.run = [&](const Task& task) { return rounds.submit(task); };
  stage_.put("A");
  stage_.loop.nudge();
  ASSERT_TRUE(picket::test::wait_until(seconds(10), [&] { return in_round.load(); }));
  WorkerPool stopper("stopper", {.threads = 1, .queue = 1});
  std::atomic<bool> stopped{false};
  stopper.submit([&] {
    stage_.loop.stop();
    stopped = true;
  });
  EXPECT_FALSE(picket::test::wait_until(std::chrono::milliseconds(100), [&] { return stopped.load(); }));
  go_on.set_value();
  EXPECT_TRUE(picket::test::wait_until(seconds(10), [&] { return stopped.load(); }));
}

TEST_F(DeliveryLoopTest, WhatIsOldGoesInPiecesOneARound) {
  constexpr int kMessages = 2500;
  ASSERT_TRUE(stage_.database->execute(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) INSERT INTO deliveries "
      "(id, lane, receiver, integration, target, group_key, status, summary, payload, state, attempts, "
      "created_at, next_try_at, finished_at, claimed_by, claimed_until, last_detail) SELECT "
      "CAST(i AS TEXT), '', '', '', '', '', '', '', 'text', 'delivered', 1, 1, 0, 1, '', 0, '' FROM n"));
  const auto left = [&] {
    return stage_.database->query("SELECT COUNT(*) FROM deliveries").value()[0].integer(0);
  };
  ASSERT_EQ(left(), kMessages);
  stage_.loop.start();
  stage_.advance(Duration::zero());
  EXPECT_EQ(left(), 1500);
  stage_.advance(seconds(2));
  EXPECT_EQ(left(), 0);
}

TEST_F(DeliveryLoopTest, AMessageThatWasSupersededDuringItsTryIsNotGivenUp) {
  stage_.notifier->answer = [&](const Message& /*message*/) {
    EXPECT_TRUE(stage_.database->transaction([&](sql::Session& session) -> Result<void> {
      const Result<bool> superseded = stage_.outbox.supersede(session, stage_.last_put);
      if (!superseded) return fail(superseded);
      return {};
    }));
    return ToldNotifier::result(DeliveryOutcome::Permanent, 400);
  };
  const std::string id = stage_.put("A");
  stage_.loop.start();
  stage_.advance(seconds(1));
  EXPECT_EQ(stage_.state_of(id), DeliveryState::Superseded);
  EXPECT_THAT(stage_.logged, testing::Not(testing::HasSubstr("notification given up")));
}

TEST_F(DeliveryLoopTest, AClaimLastsAsLongAsItsTryAndNotMuchLongerThanItsProcess) {
  stage_.run_in_lane = [](const Task& /*task*/) { return true; };  // never ends
  const std::string id = stage_.put("A");
  stage_.loop.start();
  stage_.advance(minutes(10));
  const auto claim = [&] {
    return stage_.outbox.claim("other", {.integration_id = test::DeliveryStage::kIntegration}, minutes(1))
        .value();
  };
  EXPECT_THAT(claim(), testing::IsEmpty());
  EXPECT_EQ(stage_.outbox.attempts(id).value().size(), 1U);
  stage_.loop.stop();
  stage_.advance(minutes(1));
  EXPECT_THAT(claim(), testing::SizeIs(1));
}

TEST_F(DeliveryLoopTest, TellsWhichLaneHasNothingToDo) {
  stage_.put("A");
  stage_.loop.start();
  stage_.advance(seconds(2));
  EXPECT_THAT(stage_.forgotten, testing::ElementsAre(test::DeliveryStage::kIntegration));
}

}  // namespace
}  // namespace picket::alertd
