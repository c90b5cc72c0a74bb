// An EventStore with its own registry, over SQLite or PostgreSQL.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>

#include "exporters/security/events/event_store.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::security {

/// Time goes by when the test says so.
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
    return picket::test::wait_until(std::chrono::seconds(30), std::chrono::milliseconds(5), [&] {
      scheduler_.advance(std::chrono::seconds(1));
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
  /// Newer than the one that is there, of zeros: a search for nearly as many takes its time. Made by the database.
  void add_large_events() const {
    const auto database = sql::Database::open(*events_dsn(dir_.file("state"), ""));
    ASSERT_TRUE(database) << database.error().message;
    const auto added = (*database)->execute(
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000) "
        "INSERT INTO security_events (id, time_ms, source, kind, category, severity, client, client_key, "
        "account, summary, details, words) "
        "SELECT 'large-' || n, time_ms + 1000 * n, source, kind, category, severity, client, client_key, "
        "account, summary, hex(zeroblob(4000)), words FROM security_events, numbers WHERE id = 'web-0000'");
    ASSERT_TRUE(added) << added.error().message;
    EXPECT_EQ(*added, 1000);
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

  picket::test::TempDir dir_;
  RealFiles files_;
  picket::test::ManualScheduler scheduler_;
  Logger log_{{}, scheduler_.clock(), [](std::string_view) {}};
  std::unique_ptr<MetricRegistry> registry_;
  std::unique_ptr<EventStore> store_;
};

}  // namespace picket::security
