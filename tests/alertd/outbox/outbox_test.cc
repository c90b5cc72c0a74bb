#include "alertd/outbox/outbox.h"

#include <gtest/gtest.h>

#include "alertd/outbox/backoff.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"

namespace picket::alertd {
namespace {

using std::chrono::minutes;

/// The same on both engines.
class OutboxTest : public testing::TestWithParam<sql::Engine> {
 protected:
  std::unique_ptr<sql::Database> open() {
    const bool embedded = GetParam() == sql::Engine::Sqlite;
    const std::string text =
        embedded ? "sqlite:" + dir_.file("o.db") : test::PostgresServer::shared().create_schema();
    std::unique_ptr<sql::Database> database =
        std::move(sql::Database::open(sql::Dsn::parse(text).value()).value());
    EXPECT_TRUE(database->migrate("outbox", Outbox::migrations()));
    return database;
  }

  std::string put(const std::string& target, const std::string& payload = "hello") {
    std::string id;
    const Result<void> done = database_->transaction([&](sql::Session& session) -> Result<void> {
      NewDelivery delivery;
      delivery.receiver = "ops";
      delivery.integration = "email[0]";
      delivery.target = target;
      delivery.group_key = "g";
      delivery.status = "firing";
      delivery.payload = payload;
      const Result<std::string> put = outbox_.put(session, delivery);
      if (!put) return fail(put);
      id = *put;
      return {};
    });
    EXPECT_TRUE(done);
    return id;
  }

  std::vector<Delivery> claim(const std::string& worker = "w") {
    return outbox_.claim(worker, 10, minutes(2)).value();
  }
  void finish(const Delivery& delivery, DeliveryState state, DeliveryOutcome outcome, Duration wait = {}) {
    DeliveryResult result;
    result.outcome = outcome;
    result.detail = "because";
    ASSERT_TRUE(outbox_.record(delivery, result, {.state = state, .next_try_at = clock_.wall() + wait}));
  }

  test::TempDir dir_;
  test::ManualClock clock_;
  SystemRandom random_;
  DeliveryIds ids_{clock_, random_};
  const std::unique_ptr<sql::Database> database_ = open();
  Outbox outbox_{*database_, ids_, clock_};
};

TEST_P(OutboxTest, KeepsTheOrderOfALane) {
  const std::string first = put("a", "firing"), second = put("a", "resolved"), other = put("b");
  std::vector<Delivery> claimed = claim();
  ASSERT_EQ(claimed.size(), 2U);
  EXPECT_EQ(claimed[0].id, first);
  EXPECT_EQ(claimed[1].id, other);
  EXPECT_TRUE(claim().empty()) << "the second of the lane waits for the first";
  finish(claimed[0], DeliveryState::Delivered, DeliveryOutcome::Delivered);
  claimed = claim();
  ASSERT_EQ(claimed.size(), 1U);
  EXPECT_EQ(claimed[0].id, second);
}

TEST_P(OutboxTest, WaitsUntilTheNextTry) {
  put("a");
  finish(claim().at(0), DeliveryState::Pending, DeliveryOutcome::Retry, minutes(1));
  EXPECT_TRUE(claim().empty());
  clock_.advance(minutes(1));
  const std::vector<Delivery> again = claim();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].attempts, 2);
  EXPECT_EQ(again[0].last_detail, "because");
}

TEST_P(OutboxTest, GivesWhatADeadWorkerHeldToAnother) {
  const std::string id = put("a");
  EXPECT_EQ(claim("dead").size(), 1U);
  EXPECT_TRUE(claim("living").empty());
  clock_.advance(minutes(2));
  const std::vector<Delivery> taken = claim("living");
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].id, id) << "the same id: the peer can tell a repeat";
  const std::vector<Attempt> tries = outbox_.attempts(id).value();
  ASSERT_EQ(tries.size(), 2U);
  EXPECT_EQ(tries[0].outcome, "started");
  EXPECT_TRUE(tries[0].maybe_delivered);
}

TEST_P(OutboxTest, ReleasesClaimsAtOnceWhenTheDatabaseIsOurs) {
  put("a");
  claim("dead");
  EXPECT_EQ(outbox_.release_claims().value(), 1);
  EXPECT_EQ(claim("living").size(), 1U);
}

TEST_P(OutboxTest, ShowsEveryTryAndItsEnd) {
  const std::string id = put("a");
  finish(claim().at(0), DeliveryState::Failed, DeliveryOutcome::Permanent);
  const std::optional<Delivery> found = outbox_.find(id).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->state, DeliveryState::Failed);
  EXPECT_EQ(found->finished_at, clock_.wall());
  EXPECT_EQ(outbox_.attempts(id).value().at(0).outcome, "permanent");
  DeliveryFilter filter;
  filter.state = "failed";
  EXPECT_EQ(outbox_.list(filter).value().size(), 1U);
  filter.state = "delivered";
  EXPECT_TRUE(outbox_.list(filter).value().empty());
  EXPECT_EQ(outbox_.depth().value().pending, 0);
}

TEST_P(OutboxTest, PrunesOnlyWhatIsFinishedAndOld) {
  const std::string done = put("a"), waits = put("b");
  for (const Delivery& delivery : claim()) {
    if (delivery.id == done) finish(delivery, DeliveryState::Delivered, DeliveryOutcome::Delivered);
  }
  EXPECT_EQ(outbox_.prune(clock_.wall()).value(), 0);
  EXPECT_EQ(outbox_.prune(clock_.wall() + minutes(1)).value(), 1);
  EXPECT_FALSE(outbox_.find(done).value());
  EXPECT_TRUE(outbox_.find(waits).value());
  EXPECT_TRUE(outbox_.attempts(done).value().empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, OutboxTest, testing::Values(sql::Engine::Sqlite, sql::Engine::Postgres),
                         [](const auto& engine) {
                           return engine.param == sql::Engine::Sqlite ? "Sqlite" : "Postgres";
                         });

TEST(DeliveryIds, SortEvenWhenTheWallClockGoesBack) {
  test::ManualClock clock;
  SystemRandom random;
  DeliveryIds ids(clock, random);
  const std::string first = ids.next(), second = ids.next();
  clock.step_wall(-std::chrono::hours(1));
  const std::string third = ids.next();
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST(Backoff, DoublesUpToItsBoundAndHonoursRetryAfter) {
  const BackoffConfig config;
  struct Case {
    int attempts;
    std::optional<Duration> asked;
    double unit;
    double expected_seconds;
  };
  for (const Case& c : std::vector<Case>{{1, {}, 0.5, 1},
                                         {2, {}, 0.5, 2},
                                         {5, {}, 0.5, 16},
                                         {50, {}, 0.5, 300},
                                         {1, {}, 0, 0.8},
                                         {1, std::chrono::seconds(30), 0.5, 30},
                                         {1, std::chrono::hours(48), 0.5, 3600},
                                         {50, std::chrono::seconds(1), 0.5, 300}}) {
    EXPECT_DOUBLE_EQ(seconds(backoff(config, c.attempts, c.asked, c.unit)), c.expected_seconds) << c.attempts;
  }
}

}  // namespace
}  // namespace picket::alertd
