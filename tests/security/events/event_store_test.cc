// The store of events beside a daemon that must not wait for it.
#include "exporters/security/events/event_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "tests/security/events/event_store_fixture.h"
#include "tests/security/events/sample_events.h"
#include "tests/support/wait.h"

namespace picket::security {
namespace {

using picket::test::wait_until;
using std::chrono::hours;
using std::chrono::seconds;
using test::event;

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
  EXPECT_NE(claimed.error().message.find("/security.db.lock is held by security_test"), std::string::npos)
      << claimed.error().message;
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
  open();
  store_->add(event(0));
  ASSERT_TRUE(is_written());
  store_->stop();  // into the file, out of its log
  add_large_events();
  open();
  ASSERT_TRUE(is_written());
  tear_page_of("web-0000");
  std::atomic<bool> has_begun{false};
  Result<EventPage> slow = fail(ErrorKind::Internal, "not asked");
  std::jthread search([&] {
    has_begun = true;
    slow = store_->events({.text = std::string(40, '0') + "x"});  // ends with the oldest
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

TEST(EventsDsn, IsAFileOfTheFolderOrTheDatabase) {
  EXPECT_EQ(events_dsn("/var/lib/x", "")->sqlite_path, "/var/lib/x/security.db");
  EXPECT_EQ(events_dsn("/var/lib/x", "postgresql://u@h/d")->engine, sql::Engine::Postgres);
}

}  // namespace
}  // namespace picket::security
