#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "exporters/health/history/history_store.h"
#include "tests/health/service/history_samples.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"

namespace picket::health {
namespace {

using picket::test::ManualClock;
using picket::test::TempDir;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::change;
using test::saved;

class HistoryStoreTest : public ::testing::TestWithParam<sql::Engine> {
 protected:
  HistoryStoreTest() {
    const bool sqlite = GetParam() == sql::Engine::Sqlite;
    dsn_ = *sql::Dsn::parse(sqlite ? dir_.file("health.db")
                                   : picket::test::PostgresServer::shared().create_schema());
    reopen();
  }
  void reopen() {
    store_.reset();
    store_ = open("one");
  }
  std::unique_ptr<HistoryStore> open(const std::string& writer) const {
    auto store = HistoryStore::open(dsn_, writer);
    check(store.has_value(), "the store opens");
    return std::move(*store);
  }
  void save(const HistoryStore::Batch& batch) {
    const auto done = store_->save(batch);
    ASSERT_TRUE(done) << done.error().message;
  }
  std::vector<std::int64_t> ids(const EventFilter& filter) {
    const auto events = store_->events(filter);
    std::vector<std::int64_t> ids;
    if (!events) ADD_FAILURE() << events.error().message;
    for (std::size_t i = 0; events && i < events->size(); ++i) ids.push_back((*events)[i].id);
    return ids;
  }

  TempDir dir_;
  sql::Dsn dsn_;
  std::unique_ptr<HistoryStore> store_;
};

TEST_P(HistoryStoreTest, GivesBackWhatWasSaved) {
  save({{saved("a"), saved("b")}, {}});
  SavedCheck newer = saved("a");
  newer.counters.probes = 13;
  newer.last_success = ManualClock::kStart;
  newer.heartbeat->ttl = std::nullopt;
  save({{newer}, {}});
  reopen();
  const auto loaded = store_->load();
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_EQ(loaded->checks.size(), 2U);
  const auto a =
      std::find_if(loaded->checks.begin(), loaded->checks.end(), [](const auto& c) { return c.name == "a"; });
  ASSERT_NE(a, loaded->checks.end());
  EXPECT_EQ(a->state, State::Degraded);
  EXPECT_EQ(a->since, newer.since);
  EXPECT_EQ(a->seen, newer.seen);
  EXPECT_EQ(a->last_probe, newer.last_probe);
  EXPECT_EQ(a->last_success, newer.last_success);
  EXPECT_EQ(a->times, newer.times);
  EXPECT_EQ(a->entered, newer.entered);
  EXPECT_EQ(a->counters.probes, 13U);
  EXPECT_EQ(a->spans, newer.spans);
  ASSERT_TRUE(a->heartbeat);
  EXPECT_EQ(a->heartbeat->heard, newer.heartbeat->heard);
  EXPECT_FALSE(a->heartbeat->ttl);
  const SavedCheck& b = loaded->checks[loaded->checks[0].name == "b" ? 0 : 1];
  EXPECT_EQ(b.heartbeat->ttl, hours(25));
}

TEST_P(HistoryStoreTest, WritesAChangeThatTwoReplicasSeeOnce) {
  const auto replica = open("two");
  const WallTime start = ManualClock::kStart;
  std::int64_t id = 1000;
  const auto tell = [&](HistoryStore& store, State from, State to, WallTime since, WallTime at) {
    Event event = change(at, "a", to);
    event.id = ++id;
    event.from = from;
    event.from_since = since;
    ASSERT_TRUE(store.save({{}, {event}}));
  };
  using enum State;
  // Both see an outage, one 8 s after the other, and its end.
  tell(*store_, Operational, Down, start - hours(9), start);
  tell(*replica, Operational, Down, start - hours(9), start + seconds(8));
  tell(*store_, Down, Operational, start, start + seconds(60));
  tell(*replica, Down, Operational, start + seconds(8), start + seconds(68));
  EXPECT_EQ(ids({}).size(), 2U);
  // The first comes out of a maintenance, and is up, before the other looks.
  const WallTime later = start + hours(1);
  tell(*store_, Operational, Maintenance, start + seconds(60), later);
  tell(*replica, Operational, Maintenance, start + seconds(68), later + seconds(1));
  tell(*store_, Maintenance, Unknown, later, later + minutes(10));
  tell(*store_, Unknown, Operational, later + minutes(10), later + minutes(10) + seconds(1));
  tell(*replica, Maintenance, Unknown, later + seconds(1), later + minutes(10) + seconds(2));
  tell(*replica, Unknown, Operational, later + minutes(10) + seconds(2), later + minutes(10) + seconds(3));
  EXPECT_EQ(ids({}).size(), 5U);
  // What only one sees is written, as is the same again of one alone.
  tell(*replica, Operational, Down, later + minutes(10) + seconds(3), later + hours(1));
  tell(*replica, Down, Operational, later + hours(1), later + hours(2));
  tell(*replica, Operational, Down, later + hours(2), later + hours(3));
  EXPECT_EQ(ids({}).size(), 8U);
}

TEST_P(HistoryStoreTest, TakesTheSameOutageOfEverythingFromTwoReplicasAtOnce) {
  constexpr int kBatches = 5;
  constexpr int kChecks = 100;
  const auto replica = open("two");
  const auto outage = [](HistoryStore& store, std::int64_t first_id) {
    for (int batch = 0; batch < kBatches; ++batch) {
      HistoryStore::Batch part;
      for (int i = 0; i < kChecks; ++i) {
        Event event = change(ManualClock::kStart, fmt::format("{}-{}", batch, i), State::Down);
        event.id = ++first_id;
        event.from_since = ManualClock::kStart - hours(1);
        part.events.push_back(event);
      }
      const auto saved = store.save(part);
      EXPECT_TRUE(saved) << saved.error().message;
    }
  };
  {
    const std::jthread other([&] { outage(*replica, 1000); });
    outage(*store_, 1000);
  }
  EventFilter all;
  all.limit = std::size_t{2} * kBatches * kChecks;
  EXPECT_EQ(ids(all).size(), std::size_t{kBatches} * kChecks);
}

TEST_P(HistoryStoreTest, LeavesOutARowWithTimesThatCannotBe) {
  save({{saved("a"), saved("b")}, {}});
  const auto database = sql::Database::open(dsn_);
  ASSERT_TRUE(database) << database.error().message;
  for (const char* column : {"since_ms", "seen_ms", "last_probe_ms", "heartbeat_ms", "heartbeat_ttl_ms"}) {
    for (const std::int64_t absurd : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::max()}) {
      save({{saved("a"), saved("b")}, {}});
      ASSERT_TRUE((*database)->execute(
          fmt::format("UPDATE health_checks SET {} = $1 WHERE name = 'a'", column), {absurd}));
      const auto loaded = store_->load();
      ASSERT_TRUE(loaded) << loaded.error().message;
      EXPECT_EQ(loaded->unreadable, 1U) << column << absurd;
      EXPECT_EQ(loaded->checks.size(), 1U) << column << absurd;
    }
  }
}

TEST_P(HistoryStoreTest, LosesNoEventOfTwoReplicasInOneMillisecond) {
  const auto replica = open("two");
  Event first = change(ManualClock::kStart, "a", State::Down);
  Event second = change(ManualClock::kStart, "b", State::Down);
  first.id = second.id = 1000;
  const HistoryStore::Batch theirs{{}, {second}};
  save({{}, {first}});
  ASSERT_TRUE(replica->save(theirs));
  ASSERT_TRUE(replica->save(theirs));  // its commit was not heard of
  EXPECT_EQ(ids({}), (std::vector<std::int64_t>{1001, 1000}));
}

/// As the release of November 2026 made it.
constexpr const char* kFirstTables = R"(
CREATE TABLE health_checks (name TEXT PRIMARY KEY, state TEXT NOT NULL, since_ms BIGINT NOT NULL,
  seen_ms BIGINT NOT NULL, last_probe_ms BIGINT, last_success_ms BIGINT, times TEXT NOT NULL,
  counters TEXT NOT NULL, spans TEXT NOT NULL);
CREATE TABLE health_events (id BIGINT PRIMARY KEY, at_ms BIGINT NOT NULL, check_name TEXT NOT NULL,
  from_state TEXT NOT NULL, to_state TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL);
CREATE INDEX health_events_by_check ON health_events (check_name, id);
CREATE INDEX health_events_by_time ON health_events (at_ms);
INSERT INTO health_checks VALUES ('a', 'down', 1767614390000, 1767614400000, 1767614399000, NULL,
  '0 0 5 0 0 0 0 1 0 0', '2 0 0 0 2 0 0 0 0 0 0 0 0 0 2 0 0 0 0 0 0 0 0 0 0 0 0 0.01', '1000 1000 1000');
INSERT INTO health_events VALUES (1767614390000000, 1767614390000, 'a', 'operational', 'down', 'connect', 'x');
)";

TEST_P(HistoryStoreTest, ReadsADatabaseOfTheFirstRelease) {
  const bool sqlite = GetParam() == sql::Engine::Sqlite;
  dsn_ = *sql::Dsn::parse(sqlite ? dir_.file("first.db")
                                 : picket::test::PostgresServer::shared().create_schema());
  {
    const auto database = sql::Database::open(dsn_);
    ASSERT_TRUE(database) << database.error().message;
    const sql::Migration first[] = {{1, "create_health_history", kFirstTables}};
    ASSERT_TRUE((*database)->migrate("health", first));
  }
  for (int i = 0; i < 2; ++i) {
    reopen();
    const auto loaded = store_->load();
    ASSERT_TRUE(loaded) << loaded.error().message;
    ASSERT_EQ(loaded->checks.size(), 1U);
    EXPECT_EQ(loaded->unreadable, 0U);
    EXPECT_EQ(loaded->checks[0].state, State::Down);
    EXPECT_FALSE(loaded->checks[0].heartbeat);
    EXPECT_EQ(ids({}), (std::vector<std::int64_t>{1767614390000000}));
  }
  Event recovered = change(ManualClock::kStart, "a", State::Operational);
  recovered.id = 1767614400000000;
  save({{saved("a")}, {recovered}});
  EXPECT_EQ(ids({}).size(), 2U);
  EXPECT_TRUE(store_->load()->checks[0].heartbeat);
}

TEST_P(HistoryStoreTest, FiltersAndPagesEvents) {
  HistoryStore::Batch batch;
  for (std::int64_t i = 1; i <= 6; ++i) {
    Event event = change(ManualClock::kStart + minutes(i), i % 2 == 0 ? "a" : "b",
                         i <= 3 ? State::Down : State::Operational);
    event.id = i * 10;
    batch.events.push_back(event);
  }
  save(batch);
  save(batch);  // a second time changes nothing
  using Ids = std::vector<std::int64_t>;
  EXPECT_EQ(ids({}), (Ids{60, 50, 40, 30, 20, 10}));
  EventFilter filter;
  filter.check = "a";
  EXPECT_EQ(ids(filter), (Ids{60, 40, 20}));
  filter.to = State::Down;
  EXPECT_EQ(ids(filter), (Ids{20}));
  filter = {};
  filter.since = ManualClock::kStart + minutes(2);
  filter.until = ManualClock::kStart + minutes(5);
  EXPECT_EQ(ids(filter), (Ids{40, 30, 20}));
  filter = {};
  filter.limit = 2;
  filter.offset = 1;
  EXPECT_EQ(ids(filter), (Ids{50, 40}));
  filter.offset = 0;
  filter.before_id = 40;
  EXPECT_EQ(ids(filter), (Ids{30, 20}));
  const auto newest = store_->events({});
  EXPECT_EQ((*newest)[0].message, "it's \"so\" — ünïcode");
  EXPECT_EQ((*newest)[0].to, State::Operational);
  EXPECT_EQ((*newest)[0].at, ManualClock::kStart + minutes(6));
}

TEST_P(HistoryStoreTest, KeepsNoMoreThanItsLimits) {
  HistoryStore::Batch batch;
  batch.checks = {saved("gone"), saved("here")};
  batch.checks[1].seen = ManualClock::kStart + hours(24 * 89);
  for (std::int64_t i = 1; i <= 10; ++i) {
    Event event = change(ManualClock::kStart + hours(24 * i), "a", State::Down);
    event.id = i;
    batch.events.push_back(event);
  }
  save(batch);
  HistoryLimits limits;
  limits.history = hours(24 * 5);
  limits.events = hours(24 * 90);
  limits.events_max = 4;
  const auto dropped = store_->prune(limits, ManualClock::kStart + hours(24 * 92));
  ASSERT_TRUE(dropped) << dropped.error().message;
  EXPECT_EQ(*dropped, 7);  // one check, one event by age, five by number
  EXPECT_EQ(ids({}), (std::vector<std::int64_t>{10, 9, 8, 7}));
  ASSERT_EQ(store_->load()->checks.size(), 1U);
  EXPECT_EQ(store_->load()->checks[0].name, "here");
}

INSTANTIATE_TEST_SUITE_P(Engines, HistoryStoreTest,
                         ::testing::Values(sql::Engine::Sqlite, sql::Engine::Postgres), [](const auto& e) {
                           return e.param == sql::Engine::Sqlite ? "Sqlite" : "Postgres";
                         });

}  // namespace
}  // namespace picket::health
