// The demo company in its database, on both engines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/time/timestamp.h"
#include "exporters/business/databases/statement.h"
#include "exporters/business/demo/demo_run.h"
#include "exporters/business/packs/pack.h"
#include "tests/sql/engine_fixture.h"
#include "tests/support/manual_scheduler.h"

namespace picket::business {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kUntil = 1'764'460'800;  // 2025-11-30, a Sunday

DemoOptions options_for(const std::string& dsn, std::uint64_t seed = 1) {
  DemoOptions options;
  options.dsn = *sql::Dsn::parse(dsn);
  options.organisations = 40;
  options.customers = 1500;
  options.days = 28;
  options.seed = seed;
  options.until = from_unix_seconds(static_cast<double>(kUntil));
  return options;
}

Result<void> fill(const DemoOptions& options, const std::stop_token& stop = {},
                  std::vector<std::string>* said = nullptr) {
  const test::ManualClock clock;
  return fill_demo(
      options, clock,
      [said](const std::string& line) {
        if (said != nullptr) said->push_back(line);
      },
      stop);
}

class DemoCompany : public test::OnEachEngine {
 protected:
  void fill_it() const {
    const auto filled = fill(options_for(dsn_text_));
    ASSERT_TRUE(filled) << filled.error().message;
  }
  std::int64_t count(const std::string& sql) const {
    const auto rows = database_->query(sql);
    EXPECT_TRUE(rows) << sql << ": " << rows.error().message;
    return rows ? (*rows)[0].integer(0) : -1;
  }
  double real(const std::string& sql) const {
    const auto rows = database_->query(sql);
    EXPECT_TRUE(rows) << sql << ": " << rows.error().message;
    return rows ? (*rows)[0].real(0) : -1;
  }
  /// Every row of every table, as text.
  std::string everything() const {
    std::string all;
    for (std::size_t i = 0; i < kDemoTables; ++i) {
      const sql::TableColumns& columns = columns_of(static_cast<DemoTable>(i));
      const auto rows = database_->query(
          fmt::format("SELECT {} FROM {} ORDER BY 1, 2, 3", fmt::join(columns.columns, ", "), columns.table));
      EXPECT_TRUE(rows) << rows.error().message;
      for (std::size_t row = 0; rows && row < rows->size(); ++row) {
        for (std::size_t column = 0; column < columns.columns.size(); ++column)
          all += (*rows)[row].text(column) + "|";
      }
    }
    return all;
  }
  std::unique_ptr<DemoLife> life() const {
    auto begun = DemoLife::begin(*sql::Dsn::parse(dsn_text_));
    EXPECT_TRUE(begun) << begun.error().message;
    return begun ? std::move(*begun) : nullptr;
  }
};

TEST_P(DemoCompany, FillsEveryTableAndMakesTheViewsOfThePacks) {
  fill_it();
  for (std::size_t i = 0; i < kDemoTables; ++i) {
    const std::string& table = columns_of(static_cast<DemoTable>(i)).table;
    EXPECT_GT(count("SELECT count(*) FROM " + table), 0) << table;
  }
  EXPECT_EQ(count("SELECT count(*) FROM demo_customers"), 1500);
  EXPECT_EQ(count("SELECT count(*) FROM demo_organisations"), 40);
  EXPECT_EQ(count("SELECT lived_until FROM demo_company"), kUntil);
  for (const Pack& pack : all_packs()) {
    for (const QueryConfig& query : pack.queries) {
      const auto rows = database_->query(at_time(with_schema(query.sql, ""), from_unix_seconds(kUntil)));
      EXPECT_TRUE(rows) << query.name << ": " << rows.error().message;
    }
  }
}

TEST_P(DemoCompany, HoldsTogether) {
  fill_it();
  struct Reference {
    const char *from, *column, *to;
  };
  for (const Reference& each : {
           Reference{"customers", "organisation_id", "organisations"},
           {"csat", "customer_id", "customers"},
           {"nps", "customer_id", "customers"},
           {"bookings", "customer_id", "customers"},
           {"refunds", "booking_id", "bookings"},
           {"invoices", "customer_id", "customers"},
           {"payments", "customer_id", "customers"},
           {"orders", "customer_id", "customers"},
           {"subscriptions", "customer_id", "customers"},
           {"coupon_redemptions", "customer_id", "customers"},
           {"jobs", "customer_id", "customers"},
           {"shifts", "technician_id", "technicians"},
           {"defects", "batch_id", "batches"},
           {"email_logs", "customer_id", "customers"},
           {"webhook_logs", "webhook_id", "webhooks"},
           {"api_keys", "organisation_id", "organisations"},
       })
    EXPECT_EQ(count(fmt::format("SELECT count(*) FROM demo_{} WHERE {} NOT IN (SELECT id FROM demo_{})",
                                each.from, each.column, each.to)),
              0)
        << each.from;
  // What contradicts itself, or has not happened yet.
  for (
      const std::string wrong : {
          "demo_orders WHERE (status = 'completed') <> (completed_at IS NOT NULL)",
          "demo_orders WHERE (status = 'cancelled') <> (cancelled_at IS NOT NULL)",
          "demo_orders WHERE (status = 'cancelled') <> (reason <> '')",
          "demo_customers WHERE (status = 'churned') <> (churned_at IS NOT NULL)",
          "demo_customers WHERE churned_at < signed_up_at OR (churned_at IS NULL) <> (churn_reason = '')",
          "demo_subscriptions WHERE (status = 'ended') <> (ended_at IS NOT NULL)",
          "demo_subscriptions WHERE ended_at < started_at OR paid_from >= ended_at",
          ("demo_subscriptions s JOIN demo_customers c ON c.id = s.customer_id "
           "WHERE s.ended_at > c.churned_at OR (s.ended_at IS NULL AND c.churned_at IS NOT NULL)"),
          ("demo_refunds r JOIN demo_bookings b ON b.id = r.booking_id WHERE r.amount_minor > b.amount_minor "
           "OR r.amount_minor < 1 OR r.currency <> b.currency OR r.line <> b.line OR r.refunded_at < b.booked_at"),
          ("demo_orders o JOIN demo_customers c ON c.id = o.customer_id JOIN demo_organisations g "
           "ON g.id = c.organisation_id WHERE g.currency <> o.currency OR o.created_at < c.signed_up_at"),
          "demo_shifts WHERE productive_seconds > available_seconds",
          "demo_jobs WHERE (status IN ('completed', 'failed')) <> (closed_at IS NOT NULL)",
          "demo_jobs WHERE closed_at < responded_at OR responded_at < created_at",
          "demo_email_logs WHERE delivered_at IS NOT NULL AND bounced_at IS NOT NULL",
          "demo_api_usage WHERE client_errors + server_errors > requests OR quota_exceeded > client_errors",
      })
    EXPECT_EQ(count("SELECT count(*) FROM " + wrong), 0) << wrong;
  for (const std::string last :
       {"booked_at) FROM demo_bookings", "refunded_at) FROM demo_refunds", "created_at) FROM demo_orders",
        "completed_at) FROM demo_orders", "closed_at) FROM demo_jobs", "found_at) FROM demo_defects",
        "answered_at) FROM demo_csat", "attempted_at) FROM demo_webhook_logs", "paid_at) FROM demo_invoices",
        "churned_at) FROM demo_customers"})
    EXPECT_LT(count("SELECT max(" + last), kUntil) << last;
}

TEST_P(DemoCompany, SellsInSeveralCurrenciesAndZones) {
  fill_it();
  EXPECT_GE(count("SELECT count(DISTINCT currency) FROM demo_bookings"), 4);
  EXPECT_GE(count("SELECT count(DISTINCT zone) FROM demo_organisations"), 4);
  EXPECT_EQ(count("SELECT count(*) FROM (SELECT 1 FROM demo_organisations GROUP BY zone "
                  "HAVING count(DISTINCT currency) > 1) AS mixed"),
            0);
}

TEST_P(DemoCompany, HasDaysAndNightsAndABadWeek) {
  fill_it();
  const auto orders = [this](int first, int last) {  // by the hour in UTC
    return count(
        fmt::format("SELECT count(*) FROM demo_orders WHERE created_at % 86400 >= {} "
                    "AND created_at % 86400 < {}",
                    first * kHour, last * kHour));
  };
  EXPECT_GT(orders(9, 15), 2 * orders(23, 24) * 3);
  EXPECT_GT(orders(9, 15), 2 * orders(0, 6));
  const Period bad = Rhythm(plan_of(options_for(dsn_text_)).history).bad_week();
  const auto bad_week = [&](const std::string& what, const std::string& at) {
    return real(fmt::format("SELECT {} WHERE {} >= {} AND {} < {}", what, at, bad.begins, at, bad.ends));
  };
  const auto week_before = [&](const std::string& what, const std::string& at) {
    return real(
        fmt::format("SELECT {} WHERE {} >= {} AND {} < {}", what, at, bad.begins - 7 * kDay, at, bad.begins));
  };
  EXPECT_GT(bad_week("sum(defects) FROM demo_defects", "found_at"),
            2 * week_before("sum(defects) FROM demo_defects", "found_at"));
  EXPECT_GT(bad_week("count(*) FROM demo_customers", "churned_at"),
            1.5 * week_before("count(*) FROM demo_customers", "churned_at"));
  EXPECT_GT(bad_week("sum(server_errors) FROM demo_api_usage", "begins_at"),
            2 * week_before("sum(server_errors) FROM demo_api_usage", "begins_at"));
  EXPECT_GT(bad_week("count(*) FROM demo_webhook_logs", "reason <> '' AND attempted_at"),
            2 * week_before("count(*) FROM demo_webhook_logs", "reason <> '' AND attempted_at"));
}

TEST_P(DemoCompany, IsTheSameForTheSameSeed) {
  fill_it();
  const std::string first = everything();
  std::vector<std::string> said;
  const auto again = fill(options_for(dsn_text_), {}, &said);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(said.front(), "the company that is there is made anew");
  EXPECT_TRUE(everything() == first);
  ASSERT_TRUE(fill(options_for(dsn_text_, 2)));
  EXPECT_FALSE(everything() == first);
}

TEST_P(DemoCompany, RefusesADatabaseThatIsNotItsOwn) {
  run("CREATE TABLE orders (id BIGINT)");
  const auto refused = fill(options_for(dsn_text_));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Denied);
  EXPECT_THAT(refused.error().message,
              HasSubstr("neither empty nor marked as a demo company's: it has orders"));
  run("CREATE TABLE demo_company (name TEXT, note TEXT)");  // somebody else's, by chance
  run("INSERT INTO demo_company VALUES ('picket business-demo', '')");
  EXPECT_FALSE(fill(options_for(dsn_text_)));
  EXPECT_EQ(count("SELECT count(*) FROM demo_company"), 1);
  EXPECT_FALSE(DemoLife::begin(*sql::Dsn::parse(dsn_text_)));
}

TEST_P(DemoCompany, LeavesTheTablesOfOthersAloneWhenItIsMadeAnew) {
  fill_it();
  run("CREATE TABLE notes (text TEXT)");
  ASSERT_TRUE(fill(options_for(dsn_text_)));
  EXPECT_EQ(count("SELECT count(*) FROM notes"), 0);
}

TEST_P(DemoCompany, BeginsAfreshAfterALoadThatWasStopped) {
  const std::stop_source stop;
  stop.request_stop();
  const auto stopped = fill(options_for(dsn_text_), stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.error().message, HasSubstr("the next start makes it anew"));
  DemoOptions options = options_for(dsn_text_);
  options.live = true;
  ASSERT_TRUE(fill(options));
  EXPECT_EQ(count("SELECT count(*) FROM demo_customers"), 1500);
  std::vector<std::string> said;
  ASSERT_TRUE(fill(options, {}, &said));
  EXPECT_EQ(said, std::vector<std::string>{"the company of seed 1 that is there lives on"});
}

TEST_P(DemoCompany, LivesOn) {
  fill_it();
  const std::int64_t orders = count("SELECT count(*) FROM demo_orders");
  const std::int64_t customers = count("SELECT count(*) FROM demo_customers");
  const std::int64_t open =
      count("SELECT count(*) FROM demo_orders WHERE status IN ('new', 'confirmed', 'shipped')");
  ASSERT_GT(open, 0);
  const auto living = life();
  ASSERT_NE(living, nullptr);
  std::int64_t now = kUntil;
  for (int beat = 0; beat < 40; ++beat) {
    now += 5;
    ASSERT_TRUE(living->live_until(now));
  }
  EXPECT_EQ(count("SELECT lived_until FROM demo_company"), now);
  now += 4 * kDay;
  const auto lived = living->live_until(now);
  ASSERT_TRUE(lived) << lived.error().message;
  EXPECT_GT(count("SELECT count(*) FROM demo_orders"), orders + 20);
  EXPECT_GT(count("SELECT count(*) FROM demo_customers"), customers);
  EXPECT_GT(count(fmt::format("SELECT count(*) FROM demo_bookings WHERE booked_at >= {}", kUntil)), 20);
  EXPECT_GT(count(fmt::format("SELECT count(*) FROM demo_bookings WHERE line = 'subscription' AND "
                              "booked_at >= {}",
                              kUntil)),
            5);
  EXPECT_LT(count(fmt::format("SELECT count(*) FROM demo_orders WHERE created_at < {} AND status IN "
                              "('new', 'confirmed', 'shipped')",
                              kUntil)),
            open);
  EXPECT_LT(count("SELECT max(completed_at) FROM demo_orders"), now);
  EXPECT_EQ(count("SELECT count(*) FROM (SELECT 1 FROM demo_api_usage GROUP BY route, plan, begins_at "
                  "HAVING count(*) > 1) AS twice"),
            0);
  EXPECT_EQ(
      count("SELECT count(*) FROM demo_orders WHERE customer_id NOT IN (SELECT id FROM demo_customers)"), 0);
  EXPECT_GT(count(fmt::format("SELECT count(*) FROM demo_customers WHERE churned_at >= {}", kUntil)), 0);
}

TEST_P(DemoCompany, LivesOnAfterARestartFromWhereItWas) {
  fill_it();
  ASSERT_TRUE(life()->live_until(kUntil + kDay));
  const std::int64_t orders = count("SELECT count(*) FROM demo_orders");
  ASSERT_TRUE(life()->live_until(kUntil + 2 * kDay));
  EXPECT_GT(count("SELECT count(*) FROM demo_orders"), orders);
  EXPECT_GT(count("SELECT count(*) FROM demo_orders WHERE status = 'completed'"), orders / 2);
  EXPECT_EQ(count("SELECT lived_until FROM demo_company"), kUntil + 2 * kDay);
}

INSTANTIATE_TEST_SUITE_P(Engines, DemoCompany, testing::Values(sql::Engine::Sqlite, sql::Engine::Postgres),
                         test::engine_name);

}  // namespace
}  // namespace picket::business
