// The store of events over PostgreSQL, and searches in it: a database that keeps silent, is damaged, fails half-way.
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <vector>

#include "tests/security/events/event_store_fixture.h"
#include "tests/security/events/sample_events.h"
#include "tests/support/postgres_server.h"
#include "tests/support/tcp_proxy.h"

namespace picket::security {
namespace {

using picket::test::PostgresServer;
using picket::test::TcpProxy;
using picket::test::wait_until;
using std::chrono::seconds;
using test::event;

TEST_F(EventStoreTest, OutlivesADatabaseThatKeepsSilent) {
  PostgresServer& server = PostgresServer::shared();
  TcpProxy proxy(server.port());
  std::string dsn = server.create_schema();
  const std::string port = ":" + std::to_string(server.port());
  dsn.replace(dsn.find(port), port.size(), ":" + std::to_string(proxy.port()));
  sql::Dsn parsed = *events_dsn("", dsn);
  parsed.connect_timeout = parsed.statement_timeout = seconds(2);
  open(parsed);
  store_->add(event(1));
  ASSERT_TRUE(is_written());
  proxy.pass(0, TcpProxy::Then::Stall);
  const auto begun = std::chrono::steady_clock::now();
  for (int n = 2; n < 5000; ++n) store_->add(event(n));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(2));  // no add waited for the silent peer
  ASSERT_TRUE(eventually([this] { return !store_->trouble().empty(); }));
  EXPECT_EQ(gauge("security_event_store_up"), 0);
  proxy.pass(std::int64_t{1} << 40, TcpProxy::Then::Cut);
  ASSERT_TRUE(is_written());
  EXPECT_EQ(shown(), 4999U);
}

TEST_F(EventStoreTest, OpensADatabaseThatWasDamagedOnlyOnce) {
  PostgresServer& server = PostgresServer::shared();
  const std::string dsn = server.create_database();
  const std::string database = dsn.substr(dsn.rfind('/') + 1);
  open(*events_dsn("", dsn));
  store_->add(event(1));
  ASSERT_TRUE(is_written());
  server.run(
      "CREATE FUNCTION torn() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN RAISE 'a page is torn' USING ERRCODE = 'XX001'; END $$; "
      "CREATE TRIGGER torn BEFORE INSERT ON security_events FOR EACH ROW EXECUTE FUNCTION torn()",
      database);
  store_->add(event(2));
  ASSERT_TRUE(eventually([this] { return !store_->trouble().empty(); }));
  server.run("DROP TRIGGER torn ON security_events", database);
  ASSERT_TRUE(is_written());
  store_->add(event(3));  // at once: nothing has to be opened again
  EXPECT_TRUE(wait_until(seconds(30), [this] { return store_->waiting() == 0; }));
  EXPECT_EQ(shown(), 3U);
}

TEST_F(EventStoreTest, RunsFewSearchesAtATime) {
  const sql::Dsn dsn = *events_dsn("", PostgresServer::shared().create_schema());
  open(dsn);
  store_->add(event(1));
  ASSERT_TRUE(is_written());
  const auto other = sql::Database::open(dsn);
  ASSERT_TRUE(other);
  const auto search = [this] { return store_->search({}); };
  std::vector<std::future<Result<EventPage>>> searches;
  std::optional<Result<EventPage>> one_more;
  const auto held = (*other)->transaction([&](sql::Session& session) -> Result<void> {
    if (const auto locked = session.execute("LOCK TABLE security_events"); !locked) return fail(locked);
    for (std::size_t i = 0; i < EventStore::kSearchesMax; ++i)
      searches.push_back(std::async(std::launch::async, search));
    const auto waiting = [&] {
      const auto rows = session.query(
          "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = 'security_events'::regclass");
      return rows ? (*rows)[0].integer(0) : -1;
    };
    EXPECT_TRUE(wait_until(seconds(30), std::chrono::milliseconds(5), [&] { return waiting() == 2; }));
    one_more = search();
    return {};
  });
  ASSERT_TRUE(held) << held.error().message;
  ASSERT_FALSE(*one_more);
  EXPECT_EQ(one_more->error().kind, ErrorKind::Unavailable) << one_more->error().message;
  for (auto& one : searches) {
    const Result<EventPage> page = one.get();
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->events.size(), 1U);
  }
  EXPECT_TRUE(search());
}

TEST_F(EventStoreTest, InterruptsASearchThatTakesTooLong) {
  sql::Dsn dsn = *events_dsn(dir_.file("state"), "");
  dsn.read_timeout = std::chrono::nanoseconds(1);
  open(dsn);
  for (int n = 0; n < 500; ++n) store_->add(event(n));
  ASSERT_TRUE(is_written());
  const Result<EventPage> page = store_->search({.text = "nowhere"});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::Timeout) << page.error().message;
  scheduler_.advance(std::chrono::minutes(11));  // what has to be counted is counted
  ASSERT_TRUE(is_written());
  EXPECT_EQ(gauge("security_events_stored"), 500);
}

TEST_F(EventStoreTest, CountsWhatItWroteBeforeADatabaseFailsHalfWay) {
  const sql::Dsn dsn = *events_dsn("", PostgresServer::shared().create_schema());
  open(dsn);
  ASSERT_TRUE(is_written());
  const auto database = sql::Database::open(dsn);
  ASSERT_TRUE(database);
  const auto refuse = [&](const std::string& faults) {
    const auto made = (*database)->execute(
        "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + faults +
        " RETURN NEW; END $$");
    ASSERT_TRUE(made) << made.error().message;
  };
  const std::string third = "IF NEW.id = 'web-0003' THEN RAISE 'no' USING ERRCODE = '22023'; END IF;";
  refuse(third + "IF NEW.id = 'web-0005' THEN RAISE 'disk full' USING ERRCODE = '53100'; END IF;");
  ASSERT_TRUE(
      (*database)->execute("CREATE TRIGGER refuse BEFORE INSERT ON security_events "
                           "FOR EACH ROW EXECUTE FUNCTION refuse()"));
  const double before = written();
  {
    // The worker takes them together: it waits for the table till all of them are there.
    const auto held = (*database)->transaction([&](sql::Session& session) -> Result<void> {
      if (const auto locked = session.execute("LOCK TABLE security_events"); !locked) return fail(locked);
      for (int n = 0; n < 7; ++n) store_->add(event(n));
      return {};
    });
    ASSERT_TRUE(held) << held.error().message;
  }
  ASSERT_TRUE(eventually([this] { return !store_->trouble().empty(); }));
  refuse(third);
  ASSERT_TRUE(is_written());
  EXPECT_EQ(shown(), 6U);
  EXPECT_EQ(written() - before, 6);
  EXPECT_EQ(gauge("security_events_stored"), 6);
  EXPECT_EQ(counter("security_events_dropped_total", "refused"), 1);
}

TEST_F(EventStoreTest, SharesADatabaseWithAnother) {
  const sql::Dsn dsn = *events_dsn("", PostgresServer::shared().create_schema());
  MetricRegistry own;
  EventStore other(dsn, {scheduler_, files_, log_, own});
  other.start();
  open(dsn, {.max = 100});
  for (int n = 0; n < 60; ++n) store_->add(event(n));
  for (int n = 30; n < 150; ++n) other.add(event(n));
  ASSERT_TRUE(is_written());
  ASSERT_TRUE(eventually([&] { return other.waiting() == 0; }));
  scheduler_.advance(std::chrono::minutes(11));
  ASSERT_TRUE(eventually([this] { return shown() == 100; }));
}

}  // namespace
}  // namespace picket::security
