#include "alertd/outbox/outbox.h"

#include <gtest/gtest.h>

#include "alertd/outbox/delivery_config.h"
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
      delivery.integration_id = "ops/email[0]";
      delivery.stored_group_key = "g";
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

  std::vector<Delivery> claim(const std::string& worker = "w", bool probe = false) {
    return outbox_.claim(worker, {.integration_id = "ops/email[0]", .limit = 10, .probe = probe}, minutes(2))
        .value();
  }
  struct Try {
    DeliveryState state;
    DeliveryOutcome outcome;
    Duration wait{};
    Duration asked{};
  };
  Result<DeliveryState> record(const std::string& worker, const Delivery& delivery, const Try& made) {
    DeliveryResult result;
    result.outcome = made.outcome;
    result.code = code_;
    result.detail = detail_;
    result.maybe_delivered = maybe_delivered_;
    return outbox_.record(worker, delivery, result,
                          {.state = made.state,
                           .next_try_at = clock_.wall() + made.wait,
                           .not_before = clock_.wall() + made.asked},
                          ends_);
  }
  void finish(const Delivery& delivery, DeliveryState state, DeliveryOutcome outcome, Duration wait = {},
              Duration asked = {}) {
    ASSERT_TRUE(record("w", delivery, {state, outcome, wait, asked}));
  }
  Result<bool> supersede(const std::string& id) {
    Result<bool> maybe = false;
    const Result<void> done = database_->transaction([&](sql::Session& session) -> Result<void> {
      maybe = outbox_.supersede(session, id);
      if (!maybe) return fail(maybe);
      return {};
    });
    EXPECT_EQ(done.has_value(), maybe.has_value());
    return maybe;
  }

  struct Ends final : DeliveryObserver {
    Result<void> store_end(sql::Session& /*session*/, const Delivery& /*delivery*/, bool told) override {
      stored += told ? "told " : "untold ";
      return {};
    }
    void ended(const Delivery& /*delivery*/, bool told) override { seen += told ? "told " : "untold "; }
    std::string stored, seen;
  };
  Ends ends_;
  bool maybe_delivered_ = false;
  int code_ = 0;
  std::string detail_ = "because";

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

TEST_P(OutboxTest, KeepsWhatItHasClaimedWhenALaterOneFails) {
  const std::string first = put("a"), second = put("b");
  ASSERT_TRUE(database_->execute(
      "INSERT INTO delivery_attempts (delivery_id, number, started_at, outcome, code, detail, provider_id, "
      "latency_ms, maybe_delivered) VALUES ($1, 1, 0, 'x', 0, '', '', 0, 0)",
      {second}));  // so that the row of its first try cannot be written
  const std::vector<Delivery> claimed = claim();
  ASSERT_EQ(claimed.size(), 1U);
  EXPECT_EQ(claimed[0].id, first);
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
  EXPECT_TRUE(outbox_.depths().value().empty());
}

TEST_P(OutboxTest, RecordsWhatAPeerSaysInBytesThatAreNoText) {
  const std::string id = put("a");
  detail_ = std::string("Empf\xe4nger\0 unbekannt", 20);
  finish(claim().at(0), DeliveryState::Failed, DeliveryOutcome::Permanent);
  EXPECT_EQ(outbox_.find(id).value()->last_detail, "Empf\uFFFDnger\uFFFD unbekannt");
  EXPECT_EQ(outbox_.attempts(id).value().at(0).detail, "Empf\uFFFDnger\uFFFD unbekannt");
}

TEST_P(OutboxTest, OnlyWhoHoldsTheClaimMovesAMessage) {
  const std::string id = put("a");
  const Delivery slow = claim("slow").at(0);
  clock_.advance(minutes(2));
  const Delivery second = claim("quick").at(0);
  const Result<DeliveryState> late =
      record("slow", slow, {DeliveryState::Failed, DeliveryOutcome::Permanent});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::Conflict);
  EXPECT_EQ(outbox_.find(id).value()->state, DeliveryState::Pending);
  EXPECT_EQ(outbox_.attempts(id).value().at(0).outcome, "permanent") << "the ledger has it all the same";
  EXPECT_TRUE(record("quick", second, {DeliveryState::Delivered, DeliveryOutcome::Delivered}));
  EXPECT_EQ(ends_.stored, "told ");
  EXPECT_EQ(ends_.seen, "told ");
}

TEST_P(OutboxTest, AProbeComesBeforeItsTimeButNotBeforeWhatThePeerAsked) {
  put("a");
  finish(claim().at(0), DeliveryState::Pending, DeliveryOutcome::Retry, minutes(5), minutes(1));
  EXPECT_TRUE(claim().empty());
  EXPECT_TRUE(claim("w", true).empty());
  clock_.advance(minutes(1));
  EXPECT_TRUE(claim().empty());
  EXPECT_EQ(claim("w", true).size(), 1U);
}

TEST_P(OutboxTest, APeerThatIsBackGetsAllThatWaits) {
  put("a"), put("b");
  const std::vector<Delivery> claimed = claim();
  finish(claimed.at(0), DeliveryState::Pending, DeliveryOutcome::Retry, minutes(5));
  finish(claimed.at(1), DeliveryState::Pending, DeliveryOutcome::Retry, minutes(9), minutes(2));
  ASSERT_TRUE(outbox_.make_due("ops/email[0]"));
  EXPECT_EQ(claim().size(), 1U);
  clock_.advance(minutes(2));
  EXPECT_EQ(claim().size(), 2U) << "the first one's lease has ended, the second was asked to wait so long";
}

TEST_P(OutboxTest, MessagesThatAlwaysFailHoldUpNoNewOne) {
  constexpr int kBad = 30;
  code_ = 500;
  for (int i = 0; i < kBad; ++i) put("bad " + std::to_string(i));
  for (int tried = 0; tried < kBad;) {
    for (const Delivery& delivery : claim()) {
      finish(delivery, DeliveryState::Pending, DeliveryOutcome::Retry, minutes(5));
      ++tried;
    }
  }
  clock_.advance(minutes(6));
  const std::string fresh = put("new");
  EXPECT_EQ(outbox_.claim("w", {.integration_id = "ops/email[0]", .limit = 1, .probe = true}, minutes(2))
                .value()
                .at(0)
                .id,
            fresh);
}

TEST_P(OutboxTest, APeerThatIsBackIsNotSentAtOnceWhatItHasRefused) {
  const std::string refused = put("a");
  code_ = 500;
  finish(claim().at(0), DeliveryState::Pending, DeliveryOutcome::Retry, minutes(5));
  const std::string away = put("b");
  code_ = 503;
  finish(claim().at(0), DeliveryState::Pending, DeliveryOutcome::Retry, minutes(5));
  ASSERT_TRUE(outbox_.make_due("ops/email[0]"));
  const std::vector<Delivery> due = claim();
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].id, away) << "503 is no answer to the message";
}

TEST_P(OutboxTest, WhatTakesAPlaceWaitsForTheTryUnderWay) {
  const std::string old = put("a");
  const Delivery under_way = claim().at(0);
  EXPECT_TRUE(supersede(old).value()) << "a try is under way: it may arrive";
  put("a");
  EXPECT_TRUE(claim().empty());
  finish(under_way, DeliveryState::Pending, DeliveryOutcome::Retry);
  EXPECT_EQ(outbox_.find(old).value()->state, DeliveryState::Superseded);
  EXPECT_EQ(ends_.stored, "") << "what it was about is the other message's now";
  EXPECT_EQ(claim().size(), 1U);
  EXPECT_FALSE(supersede(old)) << "it has ended";
}

TEST_P(OutboxTest, ASupersededMessageThatArrivedIsDelivered) {
  const std::string old = put("a");
  const Delivery under_way = claim().at(0);
  EXPECT_TRUE(supersede(old));
  finish(under_way, DeliveryState::Delivered, DeliveryOutcome::Delivered);
  EXPECT_EQ(outbox_.find(old).value()->state, DeliveryState::Delivered);
}

TEST_P(OutboxTest, KnowsWhetherAMessageThatWasGivenUpMayHaveArrived) {
  put("a");
  maybe_delivered_ = true;
  finish(claim().at(0), DeliveryState::Pending, DeliveryOutcome::Retry);
  maybe_delivered_ = false;
  finish(claim().at(0), DeliveryState::Expired, DeliveryOutcome::Retry);
  put("b");
  finish(claim().at(0), DeliveryState::Failed, DeliveryOutcome::Permanent);
  EXPECT_EQ(ends_.stored, "told untold ");
}

TEST_P(OutboxTest, ListsWithoutPayloadsAndForgetsThemInTime) {
  const std::string id = put("a", "a long text"), waits = put("b", "another");
  const std::vector<Delivery> claimed = claim();
  finish(claimed.at(0), DeliveryState::Delivered, DeliveryOutcome::Delivered);
  const std::vector<Delivery> listed = outbox_.list({}).value();
  ASSERT_EQ(listed.size(), 2U);
  for (const Delivery& delivery : listed) EXPECT_EQ(delivery.payload, "");
  EXPECT_EQ(outbox_.find(id).value()->payload, "a long text");
  EXPECT_EQ(outbox_.drop_payloads(clock_.wall()).value(), 0);
  EXPECT_EQ(outbox_.drop_payloads(clock_.wall() + minutes(1)).value(), 1);
  EXPECT_EQ(outbox_.find(id).value()->payload, "");
  EXPECT_EQ(outbox_.find(waits).value()->payload, "another");
}

TEST_P(OutboxTest, FollowsAStepOfTheClock) {
  put("a");
  finish(claim().at(0), DeliveryState::Pending, DeliveryOutcome::Retry, minutes(5));
  const std::string claimed = put("b");
  claim();
  clock_.step_wall(-minutes(20));
  ASSERT_TRUE(
      database_->transaction([&](sql::Session& session) { return outbox_.shift(session, -minutes(20)); }));
  clock_.advance(minutes(2));
  EXPECT_EQ(claim().size(), 1U) << "the lease of b has ended";
  clock_.advance(minutes(3));
  EXPECT_EQ(claim().size(), 2U);
}

TEST_P(OutboxTest, NothingWaitsForAClockThatWasWrong) {
  put("a");
  finish(claim().at(0), DeliveryState::Pending, DeliveryOutcome::Retry, std::chrono::hours(500),
         std::chrono::hours(500));
  ASSERT_TRUE(outbox_.rebase(minutes(10)));
  clock_.advance(minutes(10));
  EXPECT_EQ(claim().size(), 1U);
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
  const DeliveryConfig config;
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
