// The store of events beside a daemon that must not wait for it.
#include "exporters/security/events/event_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <optional>
#include <thread>
#include <vector>

#include "tests/security/events/sample_events.h"
#include "tests/support/postgres_server.h"
#include "tests/support/tcp_proxy.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::security {
namespace {

using picket::test::PostgresServer;
using picket::test::TcpProxy;
using picket::test::TempDir;
using picket::test::wait_until;
using std::chrono::hours;
using std::chrono::seconds;
using test::event;

class EventStoreTest : public ::testing::Test {
 protected:
  void TearDown() override {
    if (store_) store_->stop();
  }
  void open(const sql::Dsn& dsn, const EventLimits& limits = {}) {
    store_.reset();
    registry_ = std::make_unique<MetricRegistry>();
    store_ = std::make_unique<EventStore>(dsn, EventStore::Services{scheduler_, files_, log_, *registry_});
    store_->set_limits(limits);
    ASSERT_TRUE(store_->claim());
    store_->start();
  }
  void open(const EventLimits& limits = {}) { open(*events_dsn(dir_.file("state"), ""), limits); }
  /// Lets time go by until it is so.
  bool eventually(const std::function<bool()>& predicate) {
    return wait_until(seconds(30), std::chrono::milliseconds(5), [&] {
      scheduler_.advance(seconds(1));
      return predicate();
    });
  }
  bool is_written() {
    return eventually([this] { return store_->waiting() == 0 && store_->trouble().empty(); });
  }
  std::size_t shown() {
    const Result<EventPage> page = store_->events({.limit = 100'000});
    if (!page) ADD_FAILURE() << page.error().message;
    return page ? page->events.size() : 0;
  }
  int files_set_aside() const {
    int aside = 0;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.file("state"))) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("security.db.corrupt-") && !name.ends_with("-wal") && !name.ends_with("-shm"))
        ++aside;
    }
    return aside;
  }
  /// Makes the leaf of the table that holds the event one that is none.
  void tear_page_of(const std::string& id) const {
    constexpr std::size_t kPage = 4096;
    constexpr char kLeafOfTable = 0x0d;
    std::string file = dir_.read("state/security.db");
    for (std::size_t at = kPage; at < file.size(); at += kPage) {
      if (file[at] != kLeafOfTable || file.substr(at, kPage).find(id) == std::string::npos) continue;
      std::fstream(dir_.file("state/security.db"), std::ios::in | std::ios::out | std::ios::binary)
          .seekp(static_cast<std::streamoff>(at))
          .write("\xff\xff\xff\xff", 4);
      return;
    }
    ADD_FAILURE() << "no page has " << id;
  }
  double gauge(const std::string& name) { return registry_->gauge(name, "").Add({}).Value(); }
  double counter(const std::string& name, const std::string& reason) {
    return registry_->counter(name, "").Add({{"reason", reason}}).Value();
  }
  double written() { return registry_->counter("security_events_written_total", "").Add({}).Value(); }

  TempDir dir_;
  RealFiles files_;
  picket::test::ManualScheduler scheduler_;
  Logger log_{{}, scheduler_.clock(), [](std::string_view) {}};
  std::unique_ptr<MetricRegistry> registry_;
  std::unique_ptr<EventStore> store_;
};

TEST_F(EventStoreTest, KeepsEventsOverRestartsAndEachOnce) {
  open();
  for (int n = 0; n < 1200; ++n) store_->add(event(n));
  ASSERT_TRUE(is_written());
  EXPECT_EQ(shown(), 1200U);
  EXPECT_EQ(gauge("security_event_store_up"), 1);
  EXPECT_EQ(gauge("security_events_stored"), 1200);
  EXPECT_GT(gauge("security_event_store_last_write_timestamp_seconds"), 0);
  open();  // the first one stops; it has the folder no longer
  for (int n = 1000; n < 1300; ++n) store_->add(event(n));
  ASSERT_TRUE(is_written());
  EXPECT_EQ(shown(), 1300U);
  EXPECT_EQ(written(), 100);
}

TEST_F(EventStoreTest, WritesWhatWaitsAtItsEnd) {
  open();
  ASSERT_TRUE(is_written());
  for (int n = 0; n < 3000; ++n) store_->add(event(n));
  store_->stop();
  EXPECT_EQ(store_->waiting(), 0U);
  open();
  ASSERT_TRUE(is_written());
  EXPECT_EQ(gauge("security_events_stored"), 3000);
}

TEST_F(EventStoreTest, IsOfOneProcessAtATime) {
  open();
  EventStore second(*events_dsn(dir_.file("state"), ""), {scheduler_, files_, log_, *registry_});
  const auto claimed = second.claim();
  ASSERT_FALSE(claimed);
  EXPECT_EQ(claimed.error().kind, ErrorKind::Conflict);
}

TEST_F(EventStoreTest, KeepsTheNewestOfTooMany) {
  open({.max = 250});
  for (int n = 0; n < 4000; ++n) store_->add(event(n));
  ASSERT_TRUE(
      eventually([this] { return store_->waiting() == 0 && gauge("security_events_stored") == 250; }));
  const Result<EventPage> page = store_->events({.limit = 1000});
  ASSERT_EQ(page->events.size(), 250U);
  EXPECT_EQ(page->events.front().id, "web-3999");
  EXPECT_EQ(page->events.back().id, "web-3750");
  EXPECT_EQ(counter("security_events_deleted_total", "count"), 3750);
}

TEST_F(EventStoreTest, ForgetsWhatIsTooOld) {
  open({.retention = hours(48)});
  for (int n = 0; n < 2500; ++n) store_->add(event(n));
  ASSERT_TRUE(is_written());
  scheduler_.advance(hours(24));
  for (int n = 0; n < 7; ++n) {
    SecurityEvent later = event(5000 + n);
    later.time = scheduler_.clock().wall();
    store_->add(later);
  }
  ASSERT_TRUE(is_written());
  EXPECT_EQ(shown(), 2507U);
  scheduler_.advance(hours(25));
  ASSERT_TRUE(eventually([this] { return gauge("security_events_stored") == 7; }));
  EXPECT_EQ(shown(), 7U);
  EXPECT_EQ(counter("security_events_deleted_total", "age"), 2500);
}

TEST_F(EventStoreTest, BelievesNoTimeFarAhead) {
  open();
  SecurityEvent e = event(1);
  e.time = scheduler_.clock().wall() + hours(24 * 365 * 70);
  store_->add(e);
  ASSERT_TRUE(is_written());
  EXPECT_LE(store_->events({})->events.at(0).time, scheduler_.clock().wall());
}

TEST_F(EventStoreTest, OpensWhenTheFolderComesAndLosesNothing) {
  dir_.write("state", "a file where the folder should be");
  open();
  for (int n = 0; n < 10; ++n) store_->add(event(n));
  ASSERT_TRUE(eventually([this] { return store_->trouble().find("state") != std::string::npos; }));
  EXPECT_GT(counter("security_event_store_failures_total", "internal"), 0);
  EXPECT_EQ(gauge("security_event_store_up"), 0);
  EXPECT_EQ(gauge("security_events_waiting"), 10);
  const Result<EventPage> page = store_->events({});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::Unavailable);
  EXPECT_NE(page.error().message.find("state"), std::string::npos) << page.error().message;
  std::filesystem::remove(dir_.file("state"));
  ASSERT_TRUE(is_written());
  EXPECT_EQ(shown(), 10U);
  EXPECT_EQ(gauge("security_event_store_up"), 1);
  EXPECT_EQ(gauge("security_events_waiting"), 0);
}

TEST_F(EventStoreTest, SetsADamagedFileAside) {
  std::filesystem::create_directory(dir_.file("state"));
  dir_.write("state/security.db", std::string(8192, 'x'));
  open();
  store_->add(event(1));
  ASSERT_TRUE(is_written());
  EXPECT_EQ(shown(), 1U);
  EXPECT_GT(counter("security_event_store_failures_total", "corrupt"), 0);
  EXPECT_EQ(files_set_aside(), 1);
}

// A search that is under way in a file that the worker finds damaged, and sets aside, ends in the new file's time.
TEST_F(EventStoreTest, SetsOnlyTheDamagedFileAside) {
  constexpr int kEvents = 3000;
  open();
  std::string details = "{";
  for (const char* key : {"\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"e\"", "\"f\"", "\"g\""})
    details += fmt::format("{}{}:\"{}\"", details.size() > 1 ? "," : "", key, std::string(1000, 'x'));
  for (int n = 0; n < kEvents; ++n) {
    store_->add(event(n));
    SecurityEvent large = event(n + kEvents);
    large.details = details + "}";
    store_->add(std::move(large));
  }
  ASSERT_TRUE(is_written());
  open();  // into the file, out of its log
  ASSERT_TRUE(is_written());
  tear_page_of("web-0000");
  std::atomic<bool> has_begun{false};
  Result<EventPage> slow = fail(ErrorKind::Internal, "not asked");
  std::jthread search([&] {
    has_begun = true;
    slow = store_->events({.text = "nowhere in them"});  // ends with the oldest
  });
  while (!has_begun) std::this_thread::yield();
  const Result<EventPage> quick = store_->events({.to = event(1).time});
  ASSERT_FALSE(quick);
  EXPECT_EQ(quick.error().kind, ErrorKind::Corrupt);
  ASSERT_TRUE(eventually([this] { return files_set_aside() == 1; }));
  search.join();
  for (int i = 0; i < 20; ++i) scheduler_.advance(seconds(1));
  store_->add(event(1));
  ASSERT_TRUE(is_written());
  EXPECT_EQ(files_set_aside(), 1);
  EXPECT_EQ(shown(), 1U);
}

TEST_F(EventStoreTest, HoldsNoMoreThanItsQueue) {
  dir_.write("state", "a file where the folder should be");
  open();
  const std::size_t more = EventStore::kQueueMax + 7;
  for (std::size_t n = 0; n < more; ++n) {
    SecurityEvent e;
    e.id = std::to_string(n);
    store_->add(std::move(e));
  }
  EXPECT_EQ(store_->waiting(), EventStore::kQueueMax);
  EXPECT_EQ(counter("security_events_dropped_total", "queue_full"), 7);
}

TEST_F(EventStoreTest, HoldsNoMoreBytesThanItsQueue) {
  dir_.write("state", "a file where the folder should be");
  open();
  for (int n = 0; n < 10'000; ++n) {
    SecurityEvent e = event(n);
    e.details = "{\"a\":\"" + std::string(8000, 'x') + "\"}";
    store_->add(std::move(e));
  }
  EXPECT_LT(store_->waiting(), EventStore::kQueueBytes / 8000);
  EXPECT_EQ(counter("security_events_dropped_total", "queue_full"),
            10'000 - static_cast<double>(store_->waiting()));
}

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

TEST(EventsDsn, IsAFileOfTheFolderOrTheDatabase) {
  EXPECT_EQ(events_dsn("/var/lib/x", "")->sqlite_path, "/var/lib/x/security.db");
  EXPECT_EQ(events_dsn("/var/lib/x", "postgresql://u@h/d")->engine, sql::Engine::Postgres);
}

}  // namespace
}  // namespace picket::security
