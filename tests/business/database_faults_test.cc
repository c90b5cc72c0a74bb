// business_exporter before databases that hang, are locked, die, send too much or hold wrong values: real
// PostgreSQL, real SQLite files.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "base/sql/database.h"
#include "tests/business/running_exporter.h"
#include "tests/support/postgres_server.h"
#include "tests/support/sanitized.h"
#include "tests/support/tcp_proxy.h"
#include "tests/support/wait.h"

namespace picket::business {
namespace {

using picket::test::PostgresServer;
using picket::test::TcpProxy;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

class DatabaseFaults : public ::testing::Test {
 protected:
  DatabaseFaults() : shop_(*sql::Database::open(*sql::Dsn::parse(exporter_.file("shop.db")))) {
    change("CREATE TABLE orders (region TEXT, amount BIGINT)");
    change("INSERT INTO orders VALUES ('north', 10), ('north', 20), ('south', 3)");
  }
  void change(const std::string& statement) const { ASSERT_TRUE(shop_->execute(statement)) << statement; }
  /// Databases: shop, the SQLite file, and other, at `dsn`.
  void configure(const std::string& dsn, const std::string& keys, const std::string& queries) const {
    exporter_.configure(fmt::format(
        "databases:\n- {{name: shop, dsn: \"sqlite:{}\"}}\n- {{name: other, dsn: \"{}\"{}}}\nqueries:\n{}",
        exporter_.file("shop.db"), dsn, keys, queries));
  }
  static std::string failures(const std::string& query, const std::string& reason) {
    return fmt::format("business_query_failures_total{{query=\"{}\",reason=\"{}\"}}", query, reason);
  }
  static std::string runs(const std::string& query) {
    return fmt::format("business_query_runs_total{{query=\"{}\"}}", query);
  }
  std::string dropped(const std::string& query, const std::string& reason) const {
    return fmt::format("business_query_rows_dropped_total{{query=\"{}\",reason=\"{}\"}}", query, reason);
  }

  RunningExporter exporter_;
  const std::unique_ptr<sql::Database> shop_;
};

TEST_F(DatabaseFaults, AServerThatAcceptsAndNeverAnswersHoldsUpNobody) {
  TcpProxy silent(PostgresServer::shared().port());
  silent.pass(0, TcpProxy::Then::Stall);
  configure(fmt::format("postgresql://postgres@127.0.0.1:{}/postgres", silent.port()),
            ", connect_timeout: 1s",
            gauge_query("good", "shop", "SELECT count(*) AS n FROM orders") +
                gauge_query("silent", "other", "SELECT 1 AS n"));
  exporter_.start();
  // While the first connection is being tried, the other database's query is shown.
  ASSERT_TRUE(exporter_.shows("good_rows", 3)) << exporter_.process().errors();
  ASSERT_TRUE(exporter_.reaches(failures("silent", "connect"), 2));
  EXPECT_GE(exporter_.value(runs("good")), 3);
  EXPECT_EQ(exporter_.value("business_up{database=\"other\"}"), 0);
  EXPECT_EQ(exporter_.value("business_up{database=\"shop\"}"), 1);
  silent.pass(1'000'000'000, TcpProxy::Then::Stall);
  EXPECT_TRUE(exporter_.shows("silent_rows", 1)) << exporter_.process().errors();
}

TEST_F(DatabaseFaults, TwoHundredQueriesOfALockedTableTakeThreeSessions) {
  const std::string dsn = PostgresServer::shared().create_database();
  const std::string database = dsn.substr(dsn.rfind('/') + 1);
  const auto writer = *sql::Database::open(*sql::Dsn::parse(dsn));
  ASSERT_TRUE(writer->execute("CREATE TABLE locked (n BIGINT)"));
  std::string queries;
  for (int i = 0; i < 150; ++i)
    queries +=
        gauge_query(fmt::format("locked{}", i), "other", "SELECT count(*) AS n FROM locked", "interval: 2s");
  for (int i = 0; i < 50; ++i)
    queries += gauge_query(fmt::format("free{}", i), "other", "SELECT 1 AS n", "interval: 2s");
  configure(dsn, ", lock_timeout: 100ms", queries);
  std::int64_t most = 0;
  ASSERT_TRUE(writer->transaction([&](sql::Session& session) -> Result<void> {
    if (const auto locked = session.execute("LOCK TABLE locked IN ACCESS EXCLUSIVE MODE"); !locked)
      return fail(locked);
    exporter_.start();
    EXPECT_TRUE(test::wait_until(seconds(60), milliseconds(20), [&] {
      most = std::max<std::int64_t>(
          most, std::stoll(PostgresServer::shared().run(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'picket' AND query NOT "
                    "LIKE 'LOCK%' AND datname = '" +
                    database + "' AND pid <> pg_backend_pid()")));
      const std::string scrape = exporter_.scrape();
      for (int i = 0; i < 50; ++i) {
        if (RunningExporter::value_in(scrape, runs(fmt::format("free{}", i))).value_or(0) < 4) return false;
      }
      return true;
    }));
    return {};
  }));
  EXPECT_GE(most, 1);
  EXPECT_LE(most, 3);
  const std::string scrape = exporter_.scrape();
  double timeouts = 0;
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(RunningExporter::value_in(scrape, failures(fmt::format("free{}", i), "timeout")), 0);
  for (int i = 0; i < 150; ++i)
    timeouts +=
        RunningExporter::value_in(scrape, failures(fmt::format("locked{}", i), "timeout")).value_or(0);
  EXPECT_GE(timeouts, 10);
  EXPECT_TRUE(exporter_.shows("locked149_rows", 0));  // the lock is gone
}

TEST_F(DatabaseFaults, AServerThatIsKilledLeavesItsResultUntilMaxAge) {
  PostgresServer server;
  configure(server.dsn(), "",
            gauge_query("good", "shop", "SELECT count(*) AS n FROM orders") +
                gauge_query("kept", "other", "SELECT 7 AS n, pg_sleep(0.2)", "interval: 1s, max_age: 4s"));
  exporter_.start();
  ASSERT_TRUE(exporter_.shows("kept_rows", 7)) << exporter_.process().errors();
  server.kill9();  // most likely in the middle of a statement
  std::string scrape;
  ASSERT_TRUE(test::wait_until(seconds(20), milliseconds(20), [&] {
    scrape = exporter_.scrape();
    return RunningExporter::value_in(scrape, failures("kept", "connect")).value_or(0) > 0;
  }));
  EXPECT_EQ(RunningExporter::value_in(scrape, "kept_rows"), 7);
  EXPECT_EQ(RunningExporter::value_in(scrape, "business_query_stale{query=\"kept\"}"), 0);
  ASSERT_TRUE(exporter_.shows("business_query_stale{query=\"kept\"}", 1));
  EXPECT_EQ(exporter_.value("kept_rows"), std::nullopt);
  EXPECT_EQ(exporter_.value("good_rows"), 3);
  server.start();
  EXPECT_TRUE(exporter_.shows("kept_rows", 7));
}

TEST_F(DatabaseFaults, AMillionRowsAndAHugeValueAreRefusedInLittleMemory) {
  configure(
      PostgresServer::shared().create_database(), "",
      gauge_query("good", "shop", "SELECT count(*) AS n FROM orders") +
          gauge_query("rows", "other", "SELECT i AS n FROM generate_series(1, 1000000) i", "interval: 10s") +
          gauge_query("value", "other", "SELECT repeat('x', 400000000) AS n", "interval: 10s") +
          gauge_query("lite_rows", "shop",
                      "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000000) "
                      "SELECT n FROM c",
                      "interval: 10s") +
          gauge_query("lite_value", "shop", "SELECT hex(zeroblob(400000000)) AS n", "interval: 10s"));
  exporter_.start();
  for (const char* query : {"rows", "value", "lite_rows", "lite_value"})
    EXPECT_TRUE(exporter_.reaches(failures(query, "cardinality"), 1))
        << query << exporter_.process().errors();
  EXPECT_TRUE(exporter_.shows("good_rows", 3));
  EXPECT_LT(exporter_.status_of("VmHWM"), test::memory_limit(200'000));
}

TEST_F(DatabaseFaults, WrongValuesAreCountedAndTheRestIsShown) {
  const std::string dsn = PostgresServer::shared().create_database();
  configure(dsn, "", R"yaml(
- name: wrong
  database: other
  interval: 1s
  sql: >
    SELECT * FROM (VALUES ('good', '5'::text), ('null', NULL), ('nan', 'NaN'), ('negative', '-1'),
    ('huge', power(10::numeric, 999)::text), ('text', 'twelve'), ('twice', '1'), ('twice', '2'), (NULL, '1'))
    AS v (label, n)
  metrics: [{name: wrong_total, type: counter, help: x, labels: [label], value: n}]
- name: numeric
  database: other
  interval: 1s
  sql: "SELECT 'a' AS label, power(10::numeric, 999) AS n UNION ALL SELECT 'b', 'NaN' UNION ALL SELECT 'c', 2.5"
  metrics: [{name: numeric_value, type: gauge, help: x, labels: [label], value: n}]
- name: bytes
  database: shop
  interval: 1s
  sql: "SELECT CAST(x'ff41' AS TEXT) AS label, 1 AS n UNION ALL SELECT 'good', 2"
  metrics: [{name: bytes_value, type: gauge, help: x, labels: [label], value: n}]
)yaml");
  exporter_.start();
  ASSERT_TRUE(exporter_.shows("wrong_total{label=\"good\"}", 5)) << exporter_.process().errors();
  ASSERT_TRUE(exporter_.shows("numeric_value{label=\"c\"}", 2.5)) << exporter_.process().errors();
  ASSERT_TRUE(exporter_.shows("bytes_value{label=\"good\"}", 2)) << exporter_.process().errors();
  for (const char* reason : {"null_value", "null_label", "not_a_number", "negative", "duplicate"})
    EXPECT_GE(exporter_.value(dropped("wrong", reason)), 1) << reason;
  EXPECT_GE(exporter_.value(dropped("numeric", "overflow")), 1);
  EXPECT_GE(exporter_.value(dropped("bytes", "invalid_utf8")), 1);
  const std::string scrape = exporter_.scrape();
  for (const char* label : {"null", "nan", "negative", "huge", "text", "twice", "a", "b"})
    EXPECT_THAT(scrape, ::testing::Not(HasSubstr(fmt::format("{{label=\"{}\"}}", label))));
}

TEST_F(DatabaseFaults, ARefundDoesNotCountTheWholeTotalAgain) {
  configure("sqlite:" + exporter_.file("shop.db"), "", R"yaml(
- {name: sold, database: shop, interval: 1s, sql: "SELECT sum(amount) AS n FROM orders",
   metrics: [{name: sold_total, type: counter, help: x, value: n}]}
)yaml");
  exporter_.start();
  ASSERT_TRUE(exporter_.shows("sold_total", 33));
  change("DELETE FROM orders WHERE amount = 3");
  ASSERT_TRUE(exporter_.reaches(dropped("sold", "decrease"), 1));
  EXPECT_EQ(exporter_.value("sold_total"), 33);
  change("INSERT INTO orders VALUES ('north', 10)");
  EXPECT_TRUE(exporter_.shows("sold_total", 40));
  change("DELETE FROM orders WHERE amount > 5");
  change("INSERT INTO orders VALUES ('north', 2)");
  EXPECT_TRUE(exporter_.shows("sold_total", 2));  // a reset, shown as it is
}

TEST_F(DatabaseFaults, AStatementThatWritesIsRefusedByTheServer) {
  const std::string dsn = PostgresServer::shared().create_database();
  const auto writer = *sql::Database::open(*sql::Dsn::parse(dsn));
  ASSERT_TRUE(writer->execute("CREATE TABLE kpi (n BIGINT)"));
  configure(dsn, "",
            gauge_query("writes", "other", "INSERT INTO kpi VALUES (1) RETURNING n") +
                gauge_query("hides", "other",
                            "WITH i AS (INSERT INTO kpi VALUES (1) RETURNING n) SELECT n FROM i") +
                gauge_query("calls", "other", "SELECT nextval('kpi_s') AS n"));
  ASSERT_TRUE(writer->execute("CREATE SEQUENCE kpi_s"));
  exporter_.start();
  for (const char* query : {"writes", "hides", "calls"})
    EXPECT_TRUE(exporter_.reaches(failures(query, "sql"), 1)) << query;
  EXPECT_THAT(exporter_.process().errors(), HasSubstr("cannot execute INSERT in a read-only transaction"));
  EXPECT_EQ((*writer->query("SELECT count(*) FROM kpi"))[0].integer(0), 0);
  std::vector<std::string> argv = exporter_.command();
  for (const char* word : {"query", "writes", "--dry-run"}) argv.emplace_back(word);
  const auto dry = test::run_to_end({.argv = argv});
  EXPECT_NE(dry.exit_code, 0);
  EXPECT_THAT(dry.output + dry.errors, HasSubstr("read-only transaction"));
}

TEST_F(DatabaseFaults, ItEndsWhileAServerHangsInAStatement) {
  TcpProxy proxy(PostgresServer::shared().port());
  const auto dsn = fmt::format("postgresql://postgres@127.0.0.1:{}/postgres", proxy.port());
  configure(dsn, "", gauge_query("long", "other", "SELECT pg_sleep(3000) AS n", "interval: 1h, timeout: 1h"));
  exporter_.start();
  ASSERT_TRUE(exporter_.shows("business_database_connections{database=\"other\",state=\"busy\"}", 1));
  proxy.pass(0, TcpProxy::Then::Stall);
  exporter_.process().signal(SIGTERM);
  EXPECT_EQ(exporter_.process().wait(seconds(30)), std::optional(0)) << exporter_.process().errors();
}

}  // namespace
}  // namespace picket::business
