#include <limits>
#include <thread>

#include "tests/sql/engine_fixture.h"

namespace picket::test {
namespace {

using sql::Params;
using sql::Value;

class Statement : public OnEachEngine {};

TEST_P(Statement, GivesBackWhatWasPutIn) {
  run("CREATE TABLE t (i BIGINT, r DOUBLE PRECISION, s TEXT)");
  const Value nothing;
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::vector<Params> rows{{std::int64_t{42}, 0.1, std::string("plain")},
                                 {least, 1.7976931348623157e308, std::string("quote ' and \\ and \n and $1")},
                                 {most, 5e-324, std::string("h\xc3\xa9llo \xf0\x9f\x94\xa5")},
                                 {std::int64_t{0}, -0.5, std::string()},
                                 {nothing, nothing, nothing}};
  for (const Params& row : rows) {
    run("DELETE FROM t");
    EXPECT_EQ(database_->execute("INSERT INTO t VALUES ($1, $2, $3)", row), 1);
    const auto found = database_->query("SELECT i, r, s FROM t");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->columns, (std::vector<std::string>{"i", "r", "s"}));
    EXPECT_EQ(found->values, std::vector<std::vector<Value>>{row});
  }
}

TEST_P(Statement, AppendsManyRowsOrNone) {
  run("CREATE TABLE t (i BIGINT PRIMARY KEY, r DOUBLE PRECISION, s TEXT)");
  const sql::TableColumns into{"t", {"i", "s", "r"}};
  std::vector<Params> rows{{std::int64_t{1}, std::string("tab\t, \\ and \n and \\N and ''"), 0.5},
                           {std::int64_t{2}, Value(), Value()},
                           {std::int64_t{3}, std::string(), -1e300}};
  const auto appended = database_->append(into, rows);
  ASSERT_TRUE(appended) << appended.error().message;
  const auto found = database_->query("SELECT i, s, r FROM t ORDER BY i");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->values, rows);
  rows[0][0] = std::int64_t{4};  // the others are there
  const auto twice = database_->append(into, rows);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().kind, ErrorKind::Conflict) << twice.error().message;
  EXPECT_EQ(one("SELECT count(*) FROM t"), "3");
  EXPECT_FALSE(database_->append({"nowhere", {"i"}}, std::vector<Params>{{std::int64_t{1}}}));
  EXPECT_FALSE(
      database_->append(into, std::vector<Params>{{std::int64_t{9}, std::string("\xff"), Value()}}) &&
      GetParam() == sql::Engine::Postgres);
  EXPECT_TRUE(database_->append(into, {}));
}

TEST_P(Statement, TakesNumbersForTextAndTextForNumbers) {
  run("CREATE TABLE t (small INTEGER, big BIGINT, s TEXT, r DOUBLE PRECISION)");
  run("INSERT INTO t VALUES ($1, $2, $3, $4)",
      {std::int64_t{7}, std::int64_t{7}, std::int64_t{8}, std::int64_t{7}});
  run("INSERT INTO t VALUES ($1, $2, $3, $4)",
      {std::string("9"), std::string("10"), std::string("11"), std::string("2.5")});
  const auto rows = database_->query("SELECT small, big, s, r FROM t ORDER BY small");
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ((*rows)[0].text(2), "8");
  EXPECT_EQ((*rows)[0].integer(2), 8);
  EXPECT_EQ((*rows)[0].real(3), 7.0);
  EXPECT_EQ((*rows)[1].integer(1), 10);
  EXPECT_EQ((*rows)[1].real(3), 2.5);
  EXPECT_EQ((*rows)[1].column_name(1), "big");
}

TEST_P(Statement, SumsIntegersToAnInteger) {
  run("CREATE TABLE t (i BIGINT)");
  run("INSERT INTO t VALUES (3), (4)");
  const auto rows =
      database_->query("SELECT sum(i), count(*), avg(i), sum(i) FROM t WHERE i > $1", {std::int64_t{0}});
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ((*rows).values[0][0], Value(std::int64_t{7}));
  EXPECT_EQ((*rows).values[0][1], Value(std::int64_t{2}));
  EXPECT_EQ((*rows)[0].real(2), 3.5);
}

TEST_P(Statement, UsesAParameterTwiceAndOutOfOrder) {
  run("CREATE TABLE t (a TEXT, b TEXT, c TEXT)");
  run("INSERT INTO t VALUES ($2, $1, $2)", {std::string("one"), std::string("two")});
  EXPECT_EQ(one("SELECT a || b || c FROM t"), "twoonetwo");
}

TEST_P(Statement, CountsTheRowsThatItChanged) {
  run("CREATE TABLE t (i BIGINT)");
  EXPECT_EQ(database_->execute("INSERT INTO t VALUES (1), (2), (3)"), 3);
  EXPECT_EQ(database_->execute("UPDATE t SET i = i + 1 WHERE i > $1", {std::int64_t{1}}), 2);
  EXPECT_EQ(database_->execute("UPDATE t SET i = 0 WHERE i = 99"), 0);
  EXPECT_EQ(database_->execute("CREATE TABLE other (i BIGINT)"), 0);
  EXPECT_EQ(database_->execute("DELETE FROM t"), 3);
}

TEST_P(Statement, ReturnsTheNumberOfANewRow) {
  const std::array<sql::Migration, 1> tables{{{1, "t", "CREATE TABLE t (id @serial_key@, s TEXT)"}}};
  ASSERT_TRUE(database_->migrate("test", tables));
  EXPECT_EQ(one("INSERT INTO t (s) VALUES ($1) RETURNING id", {std::string("a")}), "1");
  EXPECT_EQ(one("INSERT INTO t (s) VALUES ($1) RETURNING id", {std::string("b")}), "2");
  EXPECT_EQ(one("SELECT s FROM t WHERE id = $1", {std::int64_t{2}}), "b");
}

TEST_P(Statement, UpsertsOnConflict) {
  run("CREATE TABLE t (k TEXT PRIMARY KEY, v BIGINT)");
  const std::string_view upsert =
      "INSERT INTO t VALUES ($1, 1) ON CONFLICT (k) DO UPDATE SET v = t.v + excluded.v";
  for (int times = 0; times < 3; ++times) run(upsert, {std::string("a")});
  EXPECT_EQ(one("SELECT v FROM t"), "3");
  EXPECT_EQ(database_->execute("INSERT INTO t VALUES ($1, 9) ON CONFLICT DO NOTHING", {std::string("a")}), 0);
}

struct Refused {
  std::string sql;
  Params params;
  ErrorKind kind;
};

TEST_P(Statement, SaysWhatIsWrongAndGoesOn) {
  run("CREATE TABLE t (i BIGINT PRIMARY KEY, s TEXT NOT NULL CHECK (s <> 'bad'), parent BIGINT REFERENCES t "
      "(i))");
  run("INSERT INTO t VALUES (1, 'x', NULL)");
  const std::int64_t one_more = 1;
  const std::vector<Refused> table{
      {"INSERT INTO t VALUES ($1, 'y', NULL)", {one_more}, ErrorKind::Conflict},
      {"INSERT INTO t VALUES (2, NULL, NULL)", {}, ErrorKind::Conflict},
      {"INSERT INTO t VALUES (2, 'bad', NULL)", {}, ErrorKind::Conflict},
      {"INSERT INTO t VALUES (2, 'y', 77)", {}, ErrorKind::Conflict},
      {"SELEKT 1", {}, ErrorKind::InvalidInput},
      {"SELECT nothing FROM t", {}, ErrorKind::InvalidInput},
      {"SELECT i FROM t WHERE i = $1", {}, ErrorKind::InvalidInput},
      {"SELECT i FROM t WHERE i = $1", {one_more, one_more}, ErrorKind::InvalidInput},
      {"DELETE FROM t; DELETE FROM t", {}, ErrorKind::InvalidInput},
      {"", {}, ErrorKind::InvalidInput},
  };
  for (const Refused& row : table) {
    const auto result = database_->query(row.sql, row.params);
    ASSERT_FALSE(result) << row.sql;
    EXPECT_EQ(result.error().kind, row.kind) << row.sql << ": " << result.error().message;
    EXPECT_EQ(result.error().message.find('\n'), std::string::npos) << result.error().message;
    const auto executed = database_->execute(row.sql, row.params);
    ASSERT_FALSE(executed) << row.sql;
    EXPECT_EQ(executed.error().kind, row.kind) << row.sql << ": " << executed.error().message;
    EXPECT_EQ(one("SELECT count(*) FROM t"), "1");
  }
}

TEST_P(Statement, ServesMoreThreadsThanItHasConnections) {
  run("CREATE TABLE t (i BIGINT)");
  constexpr int kThreads = 12;
  constexpr int kEach = 20;
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> threads;
    threads.reserve(kThreads);
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) {
          if (!database_->execute("INSERT INTO t VALUES ($1)", {std::int64_t{i}})) ++failures;
          if (!database_->query("SELECT count(*) FROM t")) ++failures;
        }
      });
    }
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(one("SELECT count(*) FROM t"), std::to_string(kThreads * kEach));
}

TEST_P(Statement, ManyDifferentOnesDoNotPileUp) {
  run("CREATE TABLE t (i BIGINT)");
  for (int i = 0; i < 600; ++i)
    ASSERT_EQ(one(fmt::format("SELECT {} + count(*) FROM t", i)), std::to_string(i));
}

INSTANTIATE_TEST_SUITE_P(Engines, Statement, testing::Values(sql::Engine::Sqlite, sql::Engine::Postgres),
                         engine_name);

TEST(Dsn, KnowsItsEngine) {
  const auto file = sql::Dsn::parse("/var/lib/x/state.db");
  EXPECT_EQ(file->sqlite_path, "/var/lib/x/state.db");
  EXPECT_EQ(sql::Dsn::parse("sqlite:run/a.db")->sqlite_path, "run/a.db");
  EXPECT_EQ(sql::Dsn::parse(":memory:")->sqlite_path, ":memory:");
  EXPECT_EQ(sql::Dsn::parse("postgres://u:p@h/d")->engine, sql::Engine::Postgres);
  EXPECT_EQ(sql::Dsn::parse("postgresql://u:p@h:1,i:2/d?sslmode=require")->engine, sql::Engine::Postgres);
}

TEST(Dsn, RefusesWhatItDoesNotKnowWithoutShowingIt) {
  for (const std::string_view bad :
       {"", "sqlite:", "mysql://u:hunter2@h/d", "postgresql://u:hunter2/x@h/d",
        "postgresql://u:p@h:5432,i:hunter2/d", "postgresql://u:hunter2@h/d?nonsense=hunter2"}) {
    const auto dsn = sql::Dsn::parse(bad);
    ASSERT_FALSE(dsn) << bad;
    EXPECT_EQ(dsn.error().kind, ErrorKind::InvalidInput);
    EXPECT_EQ(dsn.error().message.find("hunter2"), std::string::npos) << dsn.error().message;
  }
}

TEST(MemoryDatabase, IsOneForAllItsCalls) {
  const auto database = sql::Database::open(*sql::Dsn::parse(":memory:"));
  ASSERT_TRUE(database);
  ASSERT_TRUE((*database)->execute("CREATE TABLE t (i BIGINT)"));
  ASSERT_TRUE((*database)->execute("INSERT INTO t VALUES (5)"));
  EXPECT_EQ((*(*database)->query("SELECT i FROM t"))[0].integer(0), 5);
}

}  // namespace
}  // namespace picket::test
