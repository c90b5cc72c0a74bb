#include <array>
#include <atomic>
#include <future>
#include <thread>

#include "tests/sql/engine_fixture.h"

namespace picket::test {
namespace {

using sql::Session;

class Transaction : public OnEachEngine {
 protected:
  Transaction() { run("CREATE TABLE t (k TEXT PRIMARY KEY, v BIGINT NOT NULL)"); }
};

Result<void> plain(const Result<std::int64_t>& result) {
  return result ? Result<void>() : fail(result);
}

TEST_P(Transaction, CommitsWhatSucceeds) {
  const auto done = database_->transaction([](Session& session) -> Result<void> {
    if (const auto first = session.execute("INSERT INTO t VALUES ('a', 1)"); !first) return fail(first);
    const auto seen = session.query("SELECT v FROM t WHERE k = $1", {std::string("a")});
    if (!seen || (*seen)[0].integer(0) != 1) return fail(ErrorKind::Internal, "does not see its own row");
    return plain(session.execute("INSERT INTO t VALUES ('b', 2)"));
  });
  EXPECT_TRUE(done) << done.error().message;
  EXPECT_EQ(one("SELECT sum(v) FROM t"), "3");
}

TEST_P(Transaction, RollsBackWhatFails) {
  const auto done = database_->transaction([](Session& session) -> Result<void> {
    if (const auto first = session.execute("INSERT INTO t VALUES ('a', 1)"); !first) return fail(first);
    return fail(ErrorKind::NotFound, "changed my mind");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::NotFound);
  EXPECT_EQ(done.error().message, "changed my mind");
  EXPECT_EQ(one("SELECT count(*) FROM t"), "0");
}

TEST_P(Transaction, IsDoomedByAFailedStatement) {
  const auto done = database_->transaction([](Session& session) -> Result<void> {
    if (const auto first = session.execute("INSERT INTO t VALUES ('a', 1)"); !first) return fail(first);
    EXPECT_EQ(session.execute("INSERT INTO t VALUES ('a', 2)").error().kind, ErrorKind::Conflict);
    EXPECT_EQ(session.execute("INSERT INTO t VALUES ('b', 2)").error().kind, ErrorKind::Conflict);
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::Conflict);
  EXPECT_EQ(one("SELECT count(*) FROM t"), "0");
}

TEST_P(Transaction, HidesWhatIsNotCommitted) {
  const auto done = database_->transaction([&](Session& session) -> Result<void> {
    if (const auto first = session.execute("INSERT INTO t VALUES ('a', 1)"); !first) return fail(first);
    const auto other = std::async(std::launch::async, [&] { return one("SELECT count(*) FROM t"); }).get();
    EXPECT_EQ(other, "0");
    return {};
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(one("SELECT count(*) FROM t"), "1");
}

TEST_P(Transaction, LetsOneOfSixteenWinACompareAndSet) {
  run("INSERT INTO t VALUES ('code', 0)");
  std::atomic<int> winners = 0;
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> threads;
    threads.reserve(16);
    for (int thread = 0; thread < 16; ++thread) {
      threads.emplace_back([&] {
        const auto changed = database_->execute("UPDATE t SET v = 1 WHERE k = 'code' AND v = 0");
        if (!changed) ++failures;
        if (changed && *changed == 1) ++winners;
      });
    }
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(winners, 1);
}

TEST_P(Transaction, LosesNoneOfSixteenIncrements) {
  run("INSERT INTO t VALUES ('count', 0)");
  std::atomic<int> committed = 0;
  {
    std::vector<std::jthread> threads;
    threads.reserve(16);
    for (int thread = 0; thread < 16; ++thread) {
      threads.emplace_back([&] {
        const auto done = database_->transaction([](Session& session) -> Result<void> {
          const auto read = session.query("SELECT v FROM t WHERE k = 'count'");
          if (!read) return fail(read);
          return plain(session.execute("UPDATE t SET v = $1 WHERE k = 'count'", {(*read)[0].integer(0) + 1}));
        });
        if (done) ++committed;
      });
    }
  }
  // Whoever lost six times in a row was told so; nobody's increment is lost in silence.
  EXPECT_GE(committed, 1);
  EXPECT_EQ(one("SELECT v FROM t"), std::to_string(committed));
}

TEST_P(Transaction, RetriesADeadlock) {
  run("INSERT INTO t VALUES ('a', 0), ('b', 0)");
  constexpr int kRounds = 5;
  std::atomic<int> committed = 0;
  const auto add_to = [&](const std::string& first, const std::string& second) {
    for (int round = 0; round < kRounds; ++round) {
      const auto done = database_->transaction([&](Session& session) -> Result<void> {
        if (const auto one = session.execute("UPDATE t SET v = v + 1 WHERE k = $1", {first}); !one)
          return fail(one);
        return plain(session.execute("UPDATE t SET v = v + 1 WHERE k = $1", {second}));
      });
      if (done) ++committed;
    }
  };
  {
    const std::jthread forth([&] { add_to("a", "b"); });
    const std::jthread back([&] { add_to("b", "a"); });
  }
  EXPECT_EQ(committed, 2 * kRounds);
  EXPECT_EQ(one("SELECT sum(v) FROM t"), std::to_string(4 * kRounds));
}

INSTANTIATE_TEST_SUITE_P(Engines, Transaction, testing::Values(sql::Engine::Sqlite, sql::Engine::Postgres),
                         engine_name);

TEST(SqliteTransaction, SaysSoWhenItsDatabaseIsCalledFromInside) {
  const TempDir dir;
  const auto database = sql::Database::open(*sql::Dsn::parse(dir.file("state.db")));
  ASSERT_TRUE(database);
  const auto done = (*database)->transaction(
      [&](Session&) { return plain((*database)->execute("CREATE TABLE t (i BIGINT)")); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::Internal);
}

class Migrations : public OnEachEngine {
 protected:
  static constexpr std::array<sql::Migration, 3> kAll{
      {{1, "create", "CREATE TABLE m (id @serial_key@, a TEXT); CREATE INDEX m_a ON m (a);"},
       {2, "fill", "INSERT INTO m (a) VALUES ('x;y'); INSERT INTO m (a) VALUES ('z')"},
       {3, "widen", "ALTER TABLE m ADD COLUMN b BIGINT NOT NULL DEFAULT 7"}}};
};

TEST_P(Migrations, RunOnceAndThenWhatIsNew) {
  ASSERT_TRUE(database_->migrate("store", std::span(kAll).first(2)));
  EXPECT_EQ(one("SELECT count(*) FROM m"), "2");
  EXPECT_EQ(one("SELECT a FROM m ORDER BY a LIMIT 1"), "x;y");
  ASSERT_TRUE(database_->migrate("store", std::span(kAll).first(2)));
  EXPECT_EQ(one("SELECT count(*) FROM m"), "2");
  ASSERT_TRUE(database_->migrate("store", kAll));
  EXPECT_EQ(one("SELECT sum(b) FROM m"), "14");
  EXPECT_EQ(one("SELECT max(number) FROM schema_migrations WHERE component = 'store'"), "3");
}

TEST_P(Migrations, OfTwoComponentsDoNotMeet) {
  const std::array<sql::Migration, 1> other{{{1, "other", "CREATE TABLE o (i BIGINT)"}}};
  ASSERT_TRUE(database_->migrate("store", kAll));
  ASSERT_TRUE(database_->migrate("other", other));
  EXPECT_EQ(one("SELECT count(*) FROM schema_migrations"), "4");
}

TEST_P(Migrations, RefuseADatabaseThatIsNewerOrOther) {
  ASSERT_TRUE(database_->migrate("store", kAll));
  const auto newer = database_->migrate("store", std::span(kAll).first(2));
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().kind, ErrorKind::Corrupt);
  EXPECT_NE(newer.error().message.find("newer than this program"), std::string::npos)
      << newer.error().message;
  auto renamed = kAll;
  renamed[1].name = "something_else";
  EXPECT_EQ(database_->migrate("store", renamed).error().kind, ErrorKind::Corrupt);
}

TEST_P(Migrations, LeaveNothingBehindWhenOneFails) {
  auto broken = kAll;
  broken[2].sql = "CREATE TABLE half (i BIGINT); ALTER TABLE nothing ADD COLUMN b BIGINT";
  const auto done = database_->migrate("store", broken);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::InvalidInput);
  EXPECT_NE(done.error().message.find("migration 3 of store (widen)"), std::string::npos)
      << done.error().message;
  EXPECT_FALSE(database_->query("SELECT 1 FROM half"));
  EXPECT_TRUE(database_->migrate("store", kAll));
}

TEST_P(Migrations, RunOnceWhenEightStartTogether) {
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    threads.reserve(8);
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&] {
        const auto own = open(1);
        if (own && own->migrate("store", kAll)) ++good;
      });
    }
  }
  EXPECT_EQ(good, 8);
  EXPECT_EQ(one("SELECT count(*) FROM m"), "2");
}

INSTANTIATE_TEST_SUITE_P(Engines, Migrations, testing::Values(sql::Engine::Sqlite, sql::Engine::Postgres),
                         engine_name);

}  // namespace
}  // namespace picket::test
