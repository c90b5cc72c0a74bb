// What happens when the disk, the file or the server fails.
#include <csignal>
#include <filesystem>

#include "tests/sql/engine_fixture.h"
#include "tests/support/process.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

ErrorKind kind_of_opening(const std::string& path) {
  const auto database = sql::Database::open(*sql::Dsn::parse(path));
  EXPECT_FALSE(database) << path;
  if (database) return ErrorKind::Internal;
  EXPECT_NE(database.error().message.find(path), std::string::npos) << database.error().message;
  return database.error().kind;
}

TEST(SqliteFault, AnUnwritablePlaceIsUnavailable) {
  const TempDir dir;
  dir.write("file", "x");
  EXPECT_EQ(kind_of_opening(dir.file("file/state.db")), ErrorKind::Unavailable);
  EXPECT_EQ(kind_of_opening(dir.file("missing/state.db")), ErrorKind::Unavailable);
  EXPECT_EQ(kind_of_opening(dir.path()), ErrorKind::Unavailable);
  EXPECT_EQ(kind_of_opening("/proc/state.db"), ErrorKind::Unavailable);
}

TEST(SqliteFault, AFileOfSomethingElseIsCorrupt) {
  const TempDir dir;
  EXPECT_EQ(kind_of_opening(dir.write("state.db", std::string(5000, 'x'))), ErrorKind::Corrupt);
}

TEST(SqliteFault, ATornFileIsCorruptOrWhole) {
  const TempDir dir;
  const std::string path = dir.file("state.db");
  {
    const auto database = sql::Database::open(*sql::Dsn::parse(path));
    ASSERT_TRUE(database);
    ASSERT_TRUE((*database)->execute("CREATE TABLE t (i BIGINT, s TEXT)"));
    for (std::int64_t i = 0; i < 50; ++i) {
      ASSERT_TRUE((*database)->execute("INSERT INTO t VALUES ($1, $2)", {i, std::string(500, 's')}));
    }
  }
  const std::string whole = dir.read("state.db");
  ASSERT_GT(whole.size(), 16384U);
  int corrupt = 0;
  for (std::size_t cut = 1; cut < whole.size(); cut += 997) {
    dir.write("state.db", whole.substr(0, cut));
    corrupt += kind_of_opening(path) == ErrorKind::Corrupt ? 1 : 0;
    std::filesystem::remove(path + "-wal");
    std::filesystem::remove(path + "-shm");
  }
  EXPECT_EQ(corrupt, static_cast<int>((whole.size() + 995) / 997));
}

TEST(SqliteFault, AFullDiskIsUnavailableAndRecovers) {
  const TempDir dir;
  const auto opened = sql::Database::open(*sql::Dsn::parse(dir.file("state.db")));
  ASSERT_TRUE(opened);
  sql::Database& database = **opened;
  ASSERT_TRUE(database.execute("CREATE TABLE t (s TEXT)"));
  ASSERT_TRUE(database.execute("INSERT INTO t VALUES ('kept')"));
  // SQLite's own page limit answers just like a disk without space.
  ASSERT_TRUE(database.execute("PRAGMA max_page_count = 4"));
  const auto big = database.execute("INSERT INTO t VALUES ($1)", {std::string(100000, 'b')});
  ASSERT_FALSE(big);
  EXPECT_EQ(big.error().kind, ErrorKind::Unavailable);
  const auto in_transaction = database.transaction([](sql::Session& session) -> Result<void> {
    const auto done = session.execute("INSERT INTO t VALUES ($1)", {std::string(100000, 'b')});
    return done ? Result<void>() : fail(done);
  });
  EXPECT_EQ(in_transaction.error().kind, ErrorKind::Unavailable);
  EXPECT_EQ((*database.query("SELECT count(*) FROM t"))[0].integer(0), 1);
  ASSERT_TRUE(database.execute("PRAGMA max_page_count = 100000"));
  EXPECT_TRUE(database.execute("INSERT INTO t VALUES ($1)", {std::string(100000, 'b')}));
}

TEST(SqliteFault, TheFileIsPrivate) {
  const TempDir dir;
  const auto database = sql::Database::open(*sql::Dsn::parse(dir.file("state.db")));
  ASSERT_TRUE((*database)->execute("CREATE TABLE t (s TEXT)"));
  for (const char* name : {"state.db", "state.db-wal", "state.db-shm"}) {
    const auto mode = std::filesystem::status(dir.file(name)).permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write) << name;
  }
}

TEST(SqliteFault, AnotherWritersLockIsATimeoutAndReadersGoOn) {
  const TempDir dir;
  auto dsn = *sql::Dsn::parse(dir.file("state.db"));
  dsn.busy_timeout = std::chrono::milliseconds(100);
  const auto first = sql::Database::open(dsn);
  const auto second = sql::Database::open(dsn);
  ASSERT_TRUE((*first)->execute("CREATE TABLE t (s TEXT)"));
  const auto done = (*first)->transaction([&](sql::Session&) -> Result<void> {
    EXPECT_EQ((*second)->execute("INSERT INTO t VALUES ('x')").error().kind, ErrorKind::Timeout);
    EXPECT_TRUE((*second)->query("SELECT s FROM t"));
    return {};
  });
  EXPECT_TRUE(done);
  EXPECT_TRUE((*second)->execute("INSERT INTO t VALUES ('x')"));
}

// Kills a process that writes, then looks whether everything that it was told is stored is there, in whole
// transactions.
class Durability : public OnEachEngine {};

TEST_P(Durability, KeepsEveryAcknowledgedRowOverAKill) {
  run("CREATE TABLE written (number BIGINT, half TEXT, PRIMARY KEY (number, half))");
  database_.reset();
  for (int round = 0; round < 5; ++round) {
    Process writer(std::vector<std::string>{PICKET_BIN_DIR "/sql_row_writer", dsn_text_});
    const std::size_t enough = 60 + 37 * static_cast<std::size_t>(round);
    ASSERT_TRUE(wait_until(std::chrono::seconds(20), std::chrono::milliseconds(1),
                           [&] { return writer.output().size() > enough || !writer.running(); }));
    writer.kill9();
    const std::string printed = writer.output();
    const std::size_t end = printed.rfind('\n');
    const std::size_t start = printed.rfind('\n', end - 1);
    const std::int64_t acknowledged = std::stoll(printed.substr(start + 1, end - start));
    ASSERT_GT(acknowledged, 10);
    database_ = open();
    ASSERT_NE(database_, nullptr);
    const std::int64_t stored = std::stoll(one("SELECT max(number) FROM written"));
    EXPECT_GE(stored, acknowledged);
    EXPECT_LE(stored, acknowledged + 1);
    EXPECT_EQ(one("SELECT count(*) FROM written"), std::to_string(2 * stored));
    run("DELETE FROM written");
    database_.reset();
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, Durability, testing::Values(sql::Engine::Sqlite, sql::Engine::Postgres),
                         engine_name);

class PostgresFault : public testing::Test {
 protected:
  static sql::Dsn dsn_of(const std::string& text) {
    auto dsn = *sql::Dsn::parse(text);
    dsn.busy_timeout = std::chrono::milliseconds(300);
    return dsn;
  }
};

TEST_F(PostgresFault, ADeadServerIsUnavailableAndALivingOneIsUsedAgain) {
  PostgresServer& server = PostgresServer::shared();
  const std::string text = server.create_schema();
  const auto opened = sql::Database::open(dsn_of(text));
  ASSERT_TRUE(opened) << opened.error().message;
  sql::Database& database = **opened;
  ASSERT_TRUE(database.execute("CREATE TABLE t (i BIGINT)"));
  ASSERT_TRUE(database.query("SELECT i FROM t"));
  for (const bool hard : {false, true}) {
    if (hard)
      server.kill9();
    else
      server.stop();
    const auto gone = database.execute("INSERT INTO t VALUES (1)");
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().kind, ErrorKind::Unavailable) << gone.error().message;
    EXPECT_EQ(gone.error().message.find("secret-of-the-test"), std::string::npos) << gone.error().message;
    EXPECT_EQ(database.transaction([](sql::Session&) -> Result<void> { return {}; }).error().kind,
              ErrorKind::Unavailable);
    server.start();
    const auto back = database.execute("INSERT INTO t VALUES (2)");
    EXPECT_TRUE(back) << back.error().message;
  }
  EXPECT_EQ((*database.query("SELECT count(*) FROM t"))[0].integer(0), 2);
}

TEST_F(PostgresFault, AServerThatDiesInsideATransactionIsUnavailable) {
  PostgresServer& server = PostgresServer::shared();
  const auto opened = sql::Database::open(dsn_of(server.create_schema()));
  ASSERT_TRUE(opened);
  ASSERT_TRUE((*opened)->execute("CREATE TABLE t (i BIGINT)"));
  const auto done = (*opened)->transaction([&](sql::Session& session) -> Result<void> {
    if (const auto first = session.execute("INSERT INTO t VALUES (1)"); !first) return fail(first);
    server.kill9();
    const auto second = session.execute("INSERT INTO t VALUES (2)");
    return second ? Result<void>() : fail(second);
  });
  server.start();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::Unavailable) << done.error().message;
  EXPECT_EQ((*(*opened)->query("SELECT count(*) FROM t"))[0].integer(0), 0);
}

TEST_F(PostgresFault, ABackendThatIsTerminatedIsReplaced) {
  PostgresServer& server = PostgresServer::shared();
  auto dsn = dsn_of(server.create_schema());
  dsn.connections = 1;
  const auto opened = sql::Database::open(dsn);
  ASSERT_TRUE(opened);
  const auto pid = (*(*opened)->query("SELECT pg_backend_pid()"))[0].text(0);
  server.run("SELECT pg_terminate_backend(" + pid + ", 5000)");
  const auto again = (*opened)->query("SELECT pg_backend_pid()");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_NE((*again)[0].text(0), pid);
}

TEST_F(PostgresFault, ASlowStatementIsATimeout) {
  auto dsn = dsn_of(PostgresServer::shared().dsn());
  dsn.statement_timeout = std::chrono::milliseconds(50);
  const auto opened = sql::Database::open(dsn);
  ASSERT_TRUE(opened);
  const auto slow = (*opened)->query("SELECT pg_sleep(10)");
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().kind, ErrorKind::Timeout) << slow.error().message;
  EXPECT_TRUE((*opened)->query("SELECT 1"));
}

TEST_F(PostgresFault, AFullPoolIsATimeout) {
  auto dsn = dsn_of(PostgresServer::shared().dsn());
  dsn.connections = 1;
  const auto opened = sql::Database::open(dsn);
  ASSERT_TRUE(opened);
  const auto done = (*opened)->transaction([&](sql::Session&) -> Result<void> {
    EXPECT_EQ((*opened)->query("SELECT 1").error().kind, ErrorKind::Timeout);
    return {};
  });
  EXPECT_TRUE(done);
}

TEST_F(PostgresFault, AHungServerIsLetGo) {
  const PostgresServer& server = PostgresServer::shared();
  auto dsn = dsn_of(server.dsn());
  dsn.connections = 1;
  dsn.statement_timeout = std::chrono::milliseconds(50);
  const auto opened = sql::Database::open(dsn);
  ASSERT_TRUE(opened);
  const auto pid = static_cast<pid_t>((*(*opened)->query("SELECT pg_backend_pid()"))[0].integer(0));
  ::kill(pid, SIGSTOP);
  const auto silent = (*opened)->query("SELECT 1");
  ::kill(pid, SIGCONT);
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().kind, ErrorKind::Unavailable) << silent.error().message;
  EXPECT_TRUE((*opened)->query("SELECT 1"));
}

TEST_F(PostgresFault, NothingListensThere) {
  const auto opened = sql::Database::open(dsn_of("postgresql://u:secret-of-the-test@127.0.0.1:1/x"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(opened.error().message.find("secret-of-the-test"), std::string::npos) << opened.error().message;
  EXPECT_EQ(opened.error().message.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace picket::test
