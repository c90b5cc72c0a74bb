// The events in both databases.
#include "exporters/security/events/event_table.h"

#include <gtest/gtest.h>

#include "base/json/json.h"
#include "exporters/security/events/event_text.h"
#include "tests/security/events/sample_events.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"

namespace picket::security {
namespace {

using picket::test::ManualClock;
using std::chrono::seconds;
using test::event;

class EventTableTest : public ::testing::TestWithParam<sql::Engine> {
 protected:
  EventTableTest() {
    const bool is_sqlite = GetParam() == sql::Engine::Sqlite;
    dsn_ = *sql::Dsn::parse(is_sqlite ? dir_.file("security.db")
                                      : picket::test::PostgresServer::shared().create_schema());
    reopen();
  }
  void reopen() {
    table_.reset();
    auto table = EventTable::open(dsn_);
    check(table.has_value(), "the table opens");
    table_ = std::move(*table);
  }
  std::int64_t insert(const std::vector<SecurityEvent>& events) {
    const auto added = table_->insert(events);
    if (!added) ADD_FAILURE() << added.error().message;
    return added.value_or(-1);
  }
  std::vector<std::string> ids(const EventFilter& filter = {}) {
    const Result<EventPage> page = table_->events(filter);
    if (!page) ADD_FAILURE() << page.error().message;
    std::vector<std::string> ids;
    for (std::size_t i = 0; page && i < page->events.size(); ++i) ids.push_back(page->events[i].id);
    return ids;
  }

  picket::test::TempDir dir_;
  sql::Dsn dsn_;
  std::unique_ptr<EventTable> table_;
};

using Ids = std::vector<std::string>;

TEST_P(EventTableTest, GivesBackWhatItWasGiven) {
  SecurityEvent e = event(1);
  e.severity = Severity::Critical;
  e.summary = "it's \"so\" — ünïcode % _ \\ ; DROP TABLE security_events";
  EXPECT_EQ(insert({e, event(2)}), 2);
  reopen();
  const Result<EventPage> page = table_->events({});
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->events.size(), 2U);
  const SecurityEvent& got = page->events[1];
  EXPECT_EQ(got.id, e.id);
  EXPECT_EQ(got.time, e.time);
  EXPECT_EQ(got.source, e.source);
  EXPECT_EQ(got.kind, e.kind);
  EXPECT_EQ(got.category, e.category);
  EXPECT_EQ(got.severity, e.severity);
  EXPECT_EQ(got.client, e.client);
  EXPECT_EQ(got.account, e.account);
  EXPECT_EQ(got.summary, e.summary);
  EXPECT_EQ(got.details, e.details);
  EXPECT_FALSE(page->next);
}

TEST_P(EventTableTest, HasAnEventOnceHoweverOftenItComes) {
  EXPECT_EQ(insert({event(1), event(2)}), 2);
  SecurityEvent again = event(2);
  again.summary = "read again after a crash";
  EXPECT_EQ(insert({again, event(3), event(3)}), 1);
  EXPECT_EQ(*table_->count(), 3);
  EXPECT_EQ(ids(), (Ids{"web-0003", "web-0002", "web-0001"}));
  EXPECT_EQ(table_->events({})->events[1].summary, event(2).summary);
}

TEST_P(EventTableTest, Filters) {
  SecurityEvent brute = event(3, "198.51.100.9");
  brute.source = "ssh";
  brute.kind = "brute_force";
  brute.category = "";
  brute.severity = Severity::Medium;
  brute.account = "Bob";
  brute.summary = "many logins as Bob from 198.51.100.9 failed";
  brute.details = R"({"note":"Sledge_hammer 100%"})";
  SecurityEvent six = event(4, "2001:db8:1:2::3");
  six.severity = Severity::Low;
  const SecurityEvent named = event(5, "mx.example.org");
  insert({event(1), event(2), brute, six, named});
  const WallTime start = ManualClock::kStart;
  const auto net = [](const char* text) { return *Cidr::parse(text); };
  const std::vector<std::pair<EventFilter, Ids>> rows = {
      {{.from = start + seconds(4)}, {"web-0005", "web-0004"}},
      {{.to = start + seconds(2)}, {"web-0001"}},
      {{.from = start + seconds(2), .to = start + seconds(3)}, {"web-0002"}},
      {{.source = "ssh"}, {"web-0003"}},
      {{.kind = "brute_force"}, {"web-0003"}},
      {{.category = "sql_injection", .severity = Severity::High}, {"web-0005", "web-0002", "web-0001"}},
      {{.severity = Severity::Medium}, {"web-0005", "web-0003", "web-0002", "web-0001"}},
      {{.client = net("203.0.113.77")}, {"web-0002", "web-0001"}},
      {{.client = net("203.0.113.0/26")}, {}},
      {{.client = net("192.0.0.0/4")}, {"web-0003", "web-0002", "web-0001"}},
      {{.client = net("0.0.0.0/0")}, {"web-0003", "web-0002", "web-0001"}},
      {{.client = net("2001:db8:1::/48")}, {"web-0004"}},
      {{.client = net("::/0")}, {"web-0004", "web-0003", "web-0002", "web-0001"}},
      {{.account = "Bob"}, {"web-0003"}},
      {{.account = "bob"}, {}},
      {{.text = "SLEDGE_hammer 100%"}, {"web-0003"}},
      {{.text = "sledge hammer"}, {}},
      {{.text = "h%r"}, {}},
      {{.text = "100.9"}, {"web-0003"}},
      {{.text = "bob"}, {"web-0003"}},
      {{.text = "100.9", .text_masked = true}, {}},
      {{.text = "as Alice", .text_masked = true}, {}},
      {{.text = "BRUTE", .text_masked = true}, {"web-0003"}},
      {{.text = "203.0.113.0/24", .text_masked = true}, {"web-0002", "web-0001"}},
      {{.text = "'; DROP TABLE security_events; --"}, {}},
      {{.source = "web", .limit = 2}, {"web-0005", "web-0004"}}};
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(ids(rows[i].first), rows[i].second) << "row " << i;
}

TEST_P(EventTableTest, GivesPagesWithoutHolesOrRepetition) {
  std::vector<SecurityEvent> events;
  for (int n = 0; n < 95; ++n) {
    events.push_back(event(n));
    events.back().time = ManualClock::kStart + seconds(n / 20);  // many of one time
  }
  insert(events);
  EventFilter filter{.limit = 10};
  Ids seen;
  for (int page = 0; page < 10; ++page) {
    const Result<EventPage> got = table_->events(filter);
    ASSERT_TRUE(got) << got.error().message;
    for (const SecurityEvent& e : got->events) seen.push_back(e.id);
    EXPECT_EQ(got->next.has_value(), page < 9);
    filter.before = got->next;
    // What comes meanwhile is newer, or older than the page: it shifts nothing.
    insert({event(1000 + page)});
  }
  Ids expected;
  for (int n = 94; n >= 0; --n) expected.push_back(event(n).id);
  EXPECT_EQ(seen, expected);
}

TEST_P(EventTableTest, DeletesInSteps) {
  std::vector<SecurityEvent> events;
  events.reserve(20);
  for (int n = 0; n < 20; ++n) events.push_back(event(19 - n));  // the order of arrival is not that of time
  insert(events);
  EXPECT_EQ(*table_->delete_oldest(5), 5);
  EXPECT_EQ(*table_->count(), 15);
  EXPECT_EQ(ids().back(), "web-0005");
  EXPECT_EQ(*table_->delete_before(ManualClock::kStart + seconds(10), 3), 3);
  EXPECT_EQ(*table_->delete_before(ManualClock::kStart + seconds(10), 3), 2);
  EXPECT_EQ(*table_->delete_before(ManualClock::kStart + seconds(10), 3), 0);
  EXPECT_EQ(ids().back(), "web-0010");
  EXPECT_EQ(*table_->delete_oldest(100), 10);
  EXPECT_EQ(*table_->count(), 0);
}

TEST_P(EventTableTest, TakesAnyBytesThatWereMadeReadable) {
  std::vector<SecurityEvent> events;
  const std::vector<std::string> texts = {
      std::string("nul\0byte", 8), "\xff\xfe",    test::kNasty, "\xE2\x80\xAEtxt",
      std::string(1 << 20, 'x'),   "\xed\xa0\x80"};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    SecurityEvent e = event(static_cast<int>(i));
    e.source = e.kind = e.category = e.client = e.account = e.summary = e.details = texts[i];
    e.id += texts[i].substr(0, 100);
    shorten(e);
    events.push_back(readable(e));
  }
  EXPECT_EQ(insert(events), 6);
  const Result<EventPage> page = table_->events({});
  ASSERT_TRUE(page) << page.error().message;
  for (const SecurityEvent& e : page->events) EXPECT_TRUE(parse_json(e.details)) << e.details;
}

TEST_P(EventTableTest, RefusesADatabaseOfANewerVersion) {
  table_.reset();
  {
    const auto database = sql::Database::open(dsn_);
    ASSERT_TRUE(
        (*database)->execute("INSERT INTO schema_migrations (component, number, name) "
                             "VALUES ('security_events', 99, 'of_tomorrow')"));
  }
  const auto table = EventTable::open(dsn_);
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().kind, ErrorKind::Conflict) << table.error().message;
}

INSTANTIATE_TEST_SUITE_P(Engines, EventTableTest,
                         ::testing::Values(sql::Engine::Sqlite, sql::Engine::Postgres),
                         [](const auto& engine) {
                           return engine.param == sql::Engine::Sqlite ? "Sqlite" : "Postgres";
                         });

}  // namespace
}  // namespace picket::security
