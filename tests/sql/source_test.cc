// Databases of somebody else's, read within limits: real PostgreSQL, real SQLite files.
#include "base/sql/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using sql::ReadFailure;
using sql::ReadLimits;
using sql::Source;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

/// A database with table orders (region, amount) of 100 rows, its own, on one of the engines.
class SourceTest : public ::testing::TestWithParam<std::string_view> {
 protected:
  SourceTest()
      : dsn_text_(is_postgres() ? PostgresServer::shared().create_schema() : "sqlite:" + dir_.file("a.db")) {
    writer_ = *sql::Database::open(*sql::Dsn::parse(dsn_text_));
    run("CREATE TABLE orders (region TEXT, amount BIGINT)");
    run("INSERT INTO orders WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
        "SELECT CASE WHEN i % 2 = 0 THEN 'north' ELSE 'south' END, i FROM n");
    source_ = connect();
  }

  static bool is_postgres() { return GetParam() == "postgres"; }
  std::unique_ptr<Source> connect() const {
    auto source = Source::connect(*sql::Dsn::parse(dsn_text_));
    EXPECT_TRUE(source) << (source ? "" : source.error().message);
    return source ? std::move(*source) : nullptr;
  }
  void run(const std::string& statement) const {
    const auto done = writer_->execute(statement);
    ASSERT_TRUE(done) << done.error().message;
  }
  std::int64_t orders() const { return (*writer_->query("SELECT count(*) FROM orders"))[0].integer(0); }
  /// The error of a statement that must fail.
  sql::ReadError error_of(std::string_view statement, const ReadLimits& limits = {}) const {
    const auto rows = source_->read(statement, limits);
    EXPECT_FALSE(rows) << statement;
    return rows ? sql::ReadError{} : rows.error();
  }

  const TempDir dir_;
  const std::string dsn_text_;
  std::unique_ptr<sql::Database> writer_;
  std::unique_ptr<Source> source_;
};

TEST_P(SourceTest, ReadsRowsWithTheirTypes) {
  const auto rows = source_->read(
      "SELECT region, count(*) AS n, avg(amount) AS mean, NULL AS blank FROM orders GROUP BY region "
      "ORDER BY region",
      {});
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_THAT(rows->columns, ::testing::ElementsAre("region", "n", "mean", "blank"));
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ((*rows)[0][0], sql::Value("north"));
  EXPECT_EQ((*rows)[0][1], sql::Value(std::int64_t{50}));
  EXPECT_DOUBLE_EQ((*rows)[0].real(2), 51);
  EXPECT_TRUE((*rows)[0].is_null(3));
}

TEST_P(SourceTest, ReadsManyBatchesInOrder) {
  const auto rows = source_->read(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) SELECT i FROM n ORDER "
      "BY i",
      {});
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), 9000U);
  for (std::int64_t i = 0; i < 9000; ++i) ASSERT_EQ((*rows)[static_cast<std::size_t>(i)].integer(0), i + 1);
}

TEST_P(SourceTest, GivesTheColumnsOfAnEmptyResult) {
  const auto rows = source_->read("SELECT region, amount FROM orders WHERE amount < 0", {});
  ASSERT_TRUE(rows);
  EXPECT_TRUE(rows->empty());
  EXPECT_THAT(rows->columns, ::testing::ElementsAre("region", "amount"));
}

TEST_P(SourceTest, RefusesWhatWrites) {
  for (const char* statement : {"INSERT INTO orders VALUES ('east', 1)", "UPDATE orders SET amount = 0",
                                "DELETE FROM orders", "DROP TABLE orders", "CREATE TABLE more (i BIGINT)"}) {
    const sql::ReadError error = error_of(statement);
    EXPECT_EQ(error.reason, ReadFailure::Sql) << statement;
    EXPECT_THAT(error.message, HasSubstr("read")) << statement;  // "read-only transaction", "only read"
  }
  EXPECT_FALSE(source_->read("WITH gone AS (DELETE FROM orders RETURNING 1) SELECT count(*) FROM gone", {}));
  EXPECT_EQ(orders(), 100);
}

TEST_P(SourceTest, RefusesASecondStatement) {
  EXPECT_EQ(error_of("SELECT 1; DELETE FROM orders").reason, ReadFailure::Sql);
  EXPECT_EQ(error_of("SELECT 1; COMMIT; DELETE FROM orders").reason, ReadFailure::Sql);
  EXPECT_EQ(error_of("").reason, ReadFailure::Sql);
  EXPECT_EQ(orders(), 100);
  EXPECT_TRUE(source_->read("SELECT 1;", {}));
}

TEST_P(SourceTest, NothingOfAStatementStays) {
  for (const char* statement : {"COMMIT", "ROLLBACK", "BEGIN", "SET transaction_read_only = off",
                                "PRAGMA query_only = off", "ATTACH ':memory:' AS more"}) {
    std::ignore = source_->read(statement, {});
    EXPECT_FALSE(source_->read("DELETE FROM orders", {})) << statement;
  }
  EXPECT_EQ(orders(), 100);
  EXPECT_TRUE(source_->usable());
  EXPECT_TRUE(source_->read("SELECT count(*) FROM orders", {}));
}

TEST_P(SourceTest, SaysWhatIsWrongWithTheSql) {
  EXPECT_THAT(error_of("SELEC 1").message, HasSubstr("SELEC"));
  EXPECT_THAT(error_of("SELECT colour FROM orders").message, HasSubstr("colour"));
  EXPECT_THAT(error_of("SELECT 1 FROM nowhere").message, HasSubstr("nowhere"));
  EXPECT_TRUE(source_->usable());
}

TEST_P(SourceTest, GivesUpALargeResult) {
  ReadLimits limits;
  limits.rows = 99;
  EXPECT_EQ(error_of("SELECT amount FROM orders", limits).reason, ReadFailure::Cardinality);
  limits.rows = 100;
  EXPECT_TRUE(source_->read("SELECT amount FROM orders", limits));
  limits.bytes = 10_KiB;
  const sql::ReadError error = error_of(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) "
      "SELECT '0123456789012345678901234567890123456789012345678901234567890123456789"
      "01234567890123456789012345678901234567890123456789012345678901234567890123456789"
      "01234567890123456789012345678901234567890123456789012345678901234567890123456789', i FROM n",
      limits);
  EXPECT_EQ(error.reason, ReadFailure::Cardinality) << error.message;
  EXPECT_TRUE(source_->read("SELECT 1", {}));
}

TEST_P(SourceTest, AnEndlessStatementTimesOut) {
  ReadLimits limits;
  limits.timeout = milliseconds(100);
  const sql::ReadError error = error_of(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", limits);
  EXPECT_EQ(error.reason, ReadFailure::Timeout) << error.message;
  EXPECT_TRUE(source_->read("SELECT 1", {}));
}

TEST_P(SourceTest, IsCancelledFromAnotherThread) {
  ReadLimits limits;
  limits.timeout = seconds(60);
  std::atomic<bool> ended{false};
  const std::jthread canceller([&](const std::stop_token& stop) {
    // The statement may not have begun yet: again until it has ended.
    wait_until(seconds(30), milliseconds(20), [&] {
      source_->cancel();
      return ended || stop.stop_requested();
    });
  });
  const sql::ReadError error = error_of(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", limits);
  ended = true;
  EXPECT_EQ(error.reason, ReadFailure::Cancelled) << error.message;
}

TEST_P(SourceTest, TellsThePlan) {
  const auto plan = source_->plan("SELECT count(*) FROM orders WHERE region = 'north'", {});
  ASSERT_TRUE(plan) << plan.error().message;
  ASSERT_FALSE(plan->empty());
  std::string text;
  for (const std::string& line : *plan) text += line + "\n";
  EXPECT_THAT(text, HasSubstr("orders"));
}

INSTANTIATE_TEST_SUITE_P(Engines, SourceTest, ::testing::Values("sqlite", "postgres"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST(PostgresSource, ALockedTableTimesOutAtTheLock) {
  PostgresServer& server = PostgresServer::shared();
  const std::string dsn = server.create_database();
  const auto writer = *sql::Database::open(*sql::Dsn::parse(dsn));
  ASSERT_TRUE(writer->execute("CREATE TABLE kpi (n BIGINT)"));
  const auto source = *Source::connect(*sql::Dsn::parse(dsn));
  ReadLimits limits;
  limits.lock_timeout = milliseconds(50);
  limits.timeout = seconds(60);
  ASSERT_TRUE(writer->transaction([&](sql::Session& session) -> Result<void> {
    const auto locked = session.execute("LOCK TABLE kpi IN ACCESS EXCLUSIVE MODE");
    if (!locked) return fail(locked);
    const auto rows = source->read("SELECT n FROM kpi", limits);
    EXPECT_FALSE(rows);
    if (rows) return {};
    EXPECT_EQ(rows.error().reason, ReadFailure::Timeout);
    EXPECT_THAT(rows.error().message, HasSubstr("lock"));
    return {};
  }));
  EXPECT_TRUE(source->read("SELECT n FROM kpi", limits));
}

TEST(PostgresSource, WarnsOfRightsBeyondReading) {
  PostgresServer& server = PostgresServer::shared();
  const std::string dsn = server.create_database();
  const std::string database = dsn.substr(dsn.rfind('/') + 1);
  server.run("CREATE TABLE t (i int)", database);
  server.run("DROP ROLE IF EXISTS writer_" + database + "; CREATE ROLE writer_" + database + " LOGIN",
             database);
  server.run("GRANT SELECT, DELETE ON t TO writer_" + database, database);
  const auto warnings = [&](const std::string& user) {
    const auto source = *Source::connect(*sql::Dsn::parse(
        "postgresql://" + user + "@127.0.0.1:" + std::to_string(server.port()) + "/" + database));
    const auto told = source->rights_beyond_reading();
    EXPECT_TRUE(told);
    return told && !told->empty() ? told->front() : "";
  };
  EXPECT_THAT(warnings("postgres"), HasSubstr("is a superuser"));
  EXPECT_THAT(warnings("writer_" + database), HasSubstr("may change table t; "));
  EXPECT_THAT(warnings("writer_" + database), HasSubstr("GRANT SELECT ON ALL TABLES"));
  server.run("REVOKE DELETE ON t FROM writer_" + database, database);
  EXPECT_EQ(warnings("writer_" + database), "");
}

TEST(PostgresSource, NoServerIsAConnectFailureWithoutThePassword) {
  const auto source = Source::connect(*sql::Dsn::parse("postgresql://u:hidden-word@127.0.0.1:1/db"));
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().reason, ReadFailure::Connect);
  EXPECT_THAT(source.error().message, ::testing::Not(HasSubstr("hidden-word")));
}

TEST(SqliteSource, NeedsAFileThatIsThere) {
  const TempDir dir;
  for (const std::string& path : {dir.file("missing.db"), dir.path(), std::string("/dev/null")}) {
    const auto source = Source::connect(*sql::Dsn::parse(path));
    ASSERT_FALSE(source) << path;
    EXPECT_EQ(source.error().reason, ReadFailure::Connect);
    EXPECT_THAT(source.error().message, HasSubstr(path));
  }
  EXPECT_EQ(dir.read("missing.db"), "");
}

TEST(SqliteSource, IsOfNoUseOnceTheFileIsReplaced) {
  const TempDir dir;
  const auto make = [&](const std::string& name) {
    const auto database = *sql::Database::open(*sql::Dsn::parse(dir.file(name)));
    ASSERT_TRUE(database->execute("CREATE TABLE t (i BIGINT)"));
  };
  make("a.db");
  make("b.db");
  const auto source = *Source::connect(*sql::Dsn::parse(dir.file("a.db")));
  EXPECT_TRUE(source->usable());
  ASSERT_EQ(std::rename(dir.file("b.db").c_str(), dir.file("a.db").c_str()), 0);
  EXPECT_FALSE(source->usable());
}

}  // namespace
}  // namespace picket::test
