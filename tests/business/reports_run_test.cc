// Running reports: over both engines, once for everybody, and with a database that does not answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "base/time/timer_thread.h"
#include "base/time/timestamp.h"
#include "exporters/business/config/business_config.h"
#include "exporters/business/reports/report_text.h"
#include "exporters/business/reports/reports.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::business {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

CataloguePtr revenue_in_berlin() {
  const auto config = parse_business_config(
      "databases: [{name: app, dsn: 'sqlite:x'}]\npacks: [{pack: revenue, database: app}]\n"
      "reports: {location: Europe/Berlin, timeout: 20s}",
      "business.yml", RealFiles());
  EXPECT_TRUE(config) << config.error().message;
  return catalogue_of(config->packs, config->reports);
}

ReportQuery query_of(const CataloguePtr& catalogue, const std::string& target) {
  const auto query =
      parse_report_query(*catalogue, "revenue", *Target::parse(target), test::ManualClock::kStart);
  EXPECT_TRUE(query) << query.error().detail;
  return *query;
}

/// Reads stay with the test.
class ReportsRun : public ::testing::Test {
 protected:
  ReportsRun() { reports_.apply(catalogue_); }
  void ask(const std::string& target = "/") {
    reports_.ask(query_of(catalogue_, target), [this](const Reports::Answer& answer) {
      answers_.push_back(answer
                             ? fmt::format("{} series by {}", (*answer)->series.size(), (*answer)->by.size())
                             : fmt::format("{} {}", answer.error().status, answer.error().detail));
    });
  }
  void answer_read(std::size_t i) {
    sql::Rows rows;
    rows.columns = {"period", "currency", "line", "value"};
    rows.values = {{"total", "EUR", "a", std::int64_t{1}}, {"total", "EUR", "b", std::int64_t{1}}};
    reads_[i].done({rows, seconds(1)});
  }

  test::ManualScheduler scheduler_;
  const CataloguePtr catalogue_ = revenue_in_berlin();
  std::vector<Read> reads_;
  std::vector<std::string> answers_;
  Reports reports_{scheduler_, [this](const std::string& database, Read read) {
                     EXPECT_EQ(database, "app");
                     reads_.push_back(std::move(read));
                     return true;
                   }};
};

TEST_F(ReportsRun, RunsOnceForEverybodyWhoAsksTheSame) {
  ask();
  ask("/?by=line");
  answer_read(0);
  ask();
  EXPECT_EQ(answers_, (std::vector<std::string>{"1 series by 1", "2 series by 2", "1 series by 1"}));
  EXPECT_EQ(reads_.size(), 1U);
  EXPECT_TRUE(reads_[0].suspect);  // queries go first
  EXPECT_EQ(scheduler_.pending(), 0U);
  ask("/?step=week");
  EXPECT_EQ(reads_.size(), 2U);
  scheduler_.advance(Reports::kKept);
  ask();
  EXPECT_EQ(reads_.size(), 3U);
}

TEST_F(ReportsRun, AnswersWhenTheTimeIsOver) {
  ask();
  scheduler_.advance(seconds(19));
  EXPECT_TRUE(answers_.empty());
  scheduler_.advance(seconds(1));
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0], "504 database \"app\" did not answer within 20s");
  answer_read(0);  // nobody waits any more
  ask();           // a failure is not kept
  EXPECT_EQ(reads_.size(), 2U);
  EXPECT_EQ(answers_.size(), 1U);
}

TEST_F(ReportsRun, AReloadAnswersWhoeverWaits) {
  ask();
  reports_.apply(catalogue_);
  EXPECT_EQ(answers_, (std::vector<std::string>{"503 the configuration was read again meanwhile"}));
  EXPECT_EQ(scheduler_.pending(), 0U);
  answer_read(0);
  ask();
  EXPECT_EQ(reads_.size(), 2U);
}

TEST_F(ReportsRun, AreFewAtOnce) {
  for (int day = 1; day <= 9; ++day) ask(fmt::format("/?from=2026-01-0{}&to=2026-01-09", day));
  EXPECT_EQ(reads_.size(), 8U);
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_THAT(answers_[0], HasSubstr("503 8 reports of database \"app\" are under way"));
  reads_[0].done({sql::refuse(sql::ReadFailure::Sql, "no such table: kpi_bookings"), seconds(0)});
  EXPECT_EQ(answers_[1], "502 database \"app\": no such table: kpi_bookings");
  ask("/?from=2026-01-09&to=2026-01-09");
  EXPECT_EQ(reads_.size(), 9U);
}

/// A real lane over a database with bookings at the edges of the days of 23 and 25 hours.
class ReportsOfADatabase : public ::testing::TestWithParam<const char*> {
 protected:
  ReportsOfADatabase() {
    const bool is_sqlite = std::string_view(GetParam()) == "sqlite";
    config_.name = "app";
    config_.dsn =
        Secret(is_sqlite ? "sqlite:" + dir_.file("shop.db") : test::PostgresServer::shared().create_schema());
    config_.connect_timeout = seconds(5);
    const auto shop = *sql::Database::open(*sql::Dsn::parse(config_.dsn.reveal()));
    EXPECT_TRUE(shop->execute(
        "CREATE TABLE kpi_bookings (currency TEXT, line TEXT, amount_minor BIGINT, booked_at BIGINT)"));
    book(*shop, 1, "2026-03-28T22:59:59Z");
    book(*shop, 10, "2026-03-28T23:00:00Z");
    book(*shop, 100, "2026-03-29T21:59:59Z");
    book(*shop, 1000, "2026-03-29T22:00:00Z");
    book(*shop, 2, "2026-10-24T21:59:59Z");
    book(*shop, 20, "2026-10-24T22:00:00Z");
    book(*shop, 200, "2026-10-25T22:59:59Z");
    book(*shop, 2000, "2026-10-25T23:00:00Z");
    lane_ = std::make_unique<Lane>(config_, clock_, log_);
    reports_.apply(catalogue_);
  }
  static void book(sql::Database& shop, std::int64_t amount, const char* at) {
    const auto time = std::chrono::floor<seconds>(*parse_rfc3339(at)).time_since_epoch().count();
    EXPECT_TRUE(shop.execute("INSERT INTO kpi_bookings VALUES ('EUR', 'shop', $1, $2)",
                             {amount, std::int64_t{time}}));
  }
  std::string csv(const std::string& target) {
    std::atomic<bool> is_done{false};
    std::string text;
    reports_.ask(query_of(catalogue_, target), [&](const Reports::Answer& answer) {
      text = answer ? report_csv(**answer) : answer.error().detail;
      is_done = true;
    });
    EXPECT_TRUE(test::wait_until(seconds(30), [&] { return is_done.load(); }));
    return text;
  }

  const test::TempDir dir_;
  const SystemClock clock_;
  Logger log_{{}, clock_, [](std::string_view) {}};
  DatabaseConfig config_;
  const CataloguePtr catalogue_ = revenue_in_berlin();
  TimerThread scheduler_;
  std::unique_ptr<Lane> lane_;
  Reports reports_{scheduler_,
                   [this](const std::string&, Read read) { return lane_->submit(std::move(read)); }};
};

TEST_P(ReportsOfADatabase, CountDaysOf23And25Hours) {
  EXPECT_EQ(csv("/?from=2026-03-28&to=2026-03-31"),
            "period,currency,value\r\n2026-03-28,EUR,1\r\n2026-03-29,EUR,110\r\n2026-03-30,EUR,1000\r\n"
            "2026-03-31,EUR,\r\n");
  EXPECT_EQ(csv("/?from=2026-10-24&to=2026-10-26"),
            "period,currency,value\r\n2026-10-24,EUR,2\r\n2026-10-25,EUR,220\r\n2026-10-26,EUR,2000\r\n");
  EXPECT_EQ(csv("/?from=2026-03-01&to=2026-04-30&step=month"),
            "period,currency,value\r\n2026-03,EUR,1111\r\n2026-04,EUR,\r\n");
}

TEST_P(ReportsOfADatabase, CountFourHundredDays) {
  const std::string all = csv("/?from=2025-11-01&to=2026-12-05&by=line");
  EXPECT_EQ(std::ranges::count(all, '\n'), 401);
  EXPECT_THAT(all, HasSubstr("2026-10-25,EUR,shop,220\r\n"));
}

INSTANTIATE_TEST_SUITE_P(BothEngines, ReportsOfADatabase, ::testing::Values("sqlite", "postgresql"));

}  // namespace
}  // namespace picket::business
