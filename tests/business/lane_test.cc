// One database's lane with a real PostgreSQL: sessions are few, and what waits for a lock holds up nobody.
#include "exporters/business/databases/lane.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::business {
namespace {

using picket::test::PostgresServer;
using picket::test::wait_until;
using std::chrono::milliseconds;
using std::chrono::seconds;

class LaneTest : public ::testing::Test {
 protected:
  DatabaseConfig config(const std::string& dsn) const {
    DatabaseConfig config;
    config.name = "app";
    config.dsn = Secret(dsn);
    config.max_sessions = 3;
    config.lock_timeout = milliseconds(200);
    return config;
  }
  Read read(std::string statement, std::atomic<int>& done, bool suspect = false) {
    Read read;
    read.sql = std::move(statement);
    read.suspect = suspect;
    read.done = [&done](const ReadOutcome& outcome) { done += outcome.rows ? 1 : 1000; };
    return read;
  }

  const SystemClock clock_;
  Logger log_{{}, clock_, [](std::string_view) {}};
};

TEST_F(LaneTest, HealthyReadsGoOnWhileOthersWaitForALock) {
  const std::string dsn = PostgresServer::shared().create_database();
  const auto writer = *sql::Database::open(*sql::Dsn::parse(dsn));
  ASSERT_TRUE(writer->execute("CREATE TABLE locked (n BIGINT)"));
  std::atomic<int> healthy{0}, suspects{0};
  Lane lane(config(dsn), clock_, log_);
  ASSERT_TRUE(writer->transaction([&](sql::Session& session) -> Result<void> {
    const auto locked = session.execute("LOCK TABLE locked IN ACCESS EXCLUSIVE MODE");
    if (!locked) return fail(locked);
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(lane.submit(read("SELECT n FROM locked", suspects, true)));
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(lane.submit(read("SELECT 1", healthy)));
    EXPECT_TRUE(wait_until(seconds(30), [&] { return healthy == 100; }));
    // 50 waits of 200 ms in one session: far from done.
    EXPECT_LT(suspects, 50 * 1000);
    const auto sessions = session.query(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'picket' AND datname = "
        "current_database() "
        "AND pid <> pg_backend_pid()");
    EXPECT_LE((*sessions)[0].integer(0), 3);
    return {};
  }));
}

TEST_F(LaneTest, TellsStatementsTheTime) {
  Lane lane(config(PostgresServer::shared().create_database()), clock_, log_);
  std::atomic<std::int64_t> off{-1};
  Read read;
  read.sql = "SELECT CAST(extract(epoch FROM now()) AS BIGINT) - {now} AS off";
  read.done = [&off](const ReadOutcome& outcome) {
    off = outcome.rows ? (*outcome.rows)[0].integer(0) : 1000;
  };
  ASSERT_TRUE(lane.submit(std::move(read)));
  ASSERT_TRUE(wait_until(seconds(30), [&] { return off >= 0; }));
  EXPECT_LT(std::abs(off), 60);
}

TEST_F(LaneTest, EndsAtOnceWhileAReadIsUnderWay) {
  const std::string dsn = PostgresServer::shared().create_database();
  std::atomic<int> done{0};
  auto lane = std::make_unique<Lane>(config(dsn), clock_, log_);
  Read sleep = read("SELECT pg_sleep(600)", done);
  sleep.limits.timeout = seconds(900);
  ASSERT_TRUE(lane->submit(std::move(sleep)));
  ASSERT_TRUE(wait_until(seconds(10), [&] { return lane->status().busy == 1; }));
  const auto server = *sql::Database::open(*sql::Dsn::parse(dsn));
  ASSERT_TRUE(wait_until(seconds(10), [&] {
    return (*server->query(
               "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%FETCH%' "
               "AND datname = current_database() AND pid <> pg_backend_pid()"))[0]
               .integer(0) == 1;
  }));
  lane.reset();
  EXPECT_EQ(done, 1000);  // it was cancelled, long before its 600 seconds
}

TEST_F(LaneTest, AReadEndsWhenItIsOfNoUseAnyMore) {
  const std::string dsn = PostgresServer::shared().create_database();
  std::vector<sql::ReadFailure> failures;
  std::atomic<int> done{0};
  int expected = 1;
  Lane lane(config(dsn), clock_, log_);
  for (const auto& [statement, left] :
       {std::pair("SELECT pg_sleep(600)", milliseconds(100)), std::pair("DROP TABLE x", milliseconds(0))}) {
    Read read;
    read.sql = statement;
    read.limits.timeout = seconds(900);
    read.needed_by = clock_.mono() + left;
    read.done = [&](const ReadOutcome& outcome) {
      failures.push_back(outcome.rows.error().reason);
      ++done;
    };
    ASSERT_TRUE(lane.submit(std::move(read)));
    ASSERT_TRUE(wait_until(seconds(30), [&] { return done == expected; }));
    ++expected;
  }
  EXPECT_EQ(failures, std::vector(2, sql::ReadFailure::Timeout));  // the second was not begun
}

TEST_F(LaneTest, AfterAFailedConnectionReadsFailAtOnce) {
  std::atomic<int> done{0};
  Lane lane(config("postgresql://u@127.0.0.1:1/db"), clock_, log_);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(lane.submit(read("SELECT 1", done)));
  ASSERT_TRUE(wait_until(seconds(10), [&] { return done == 20 * 1000; }));
  const LaneStatus status = lane.status();
  EXPECT_EQ(status.up, std::optional(false));
  EXPECT_LE(status.connect_failures, 3U);  // one a session at most
  EXPECT_NE(status.error, "");
}

TEST_F(LaneTest, AFileThatIsNoDatabaseIsDown) {
  const test::TempDir dir;
  dir.write("a.db", std::string(5000, 'x'));
  std::atomic<int> done{0};
  Lane lane(config("sqlite:" + dir.file("a.db")), clock_, log_);
  ASSERT_TRUE(lane.submit(read("SELECT i FROM t", done)));
  ASSERT_TRUE(wait_until(seconds(10), [&] { return done == 1000; }));
  EXPECT_EQ(lane.status().up, std::optional(false));
  EXPECT_EQ(lane.status().connect_failures, 1U);
}

TEST_F(LaneTest, ConnectsAgainWhenTheServerIsBack) {
  PostgresServer server;
  std::atomic<int> done{0};
  Lane lane(config(server.dsn()), clock_, log_);
  ASSERT_TRUE(lane.submit(read("SELECT 1", done)));
  ASSERT_TRUE(wait_until(seconds(10), [&] { return done == 1; }));
  server.stop();
  server.start();
  ASSERT_TRUE(lane.submit(read("SELECT 1", done)));
  ASSERT_TRUE(wait_until(seconds(10), [&] { return done == 2; })) << lane.status().error;
  EXPECT_EQ(lane.status().idle, 1U);  // the broken one is gone
}

}  // namespace
}  // namespace picket::business
