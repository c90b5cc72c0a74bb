// Every pack over the demo company's tables, on both engines: the views can be made, statements run within one
// pass over a table, rows become the pack's series and nothing is dropped.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "tests/business/pack_company.h"

namespace picket::business {
namespace {

using picket::test::Figures;
using picket::test::kTwoDays;
using picket::test::views_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Packs : public picket::test::PackTest {
 protected:
  /// Something of everything.
  void fill() {
    company_.insert("demo_bookings", {"1, 'EUR', 'parts', 1, 1000000"});
    company_.insert("demo_refunds", {"1, 'EUR', 'parts', 1, 1000000"});
    company_.insert("demo_subscriptions",
                    {"1, 'team', 'EUR', 'month', 9, 'active', 1000000, 1000000, 1000000, NULL, ''",
                     "1, 'team', 'EUR', 'month', 9, 'ended', 1, NULL, 1, 1000000, 'price'"});
    company_.insert("demo_invoices", {"1, 'EUR', 5, 1, 2, NULL"});
    company_.insert("demo_payments", {"1, 'card', 'succeeded', 1000000", "1, 'card', 'failed', 1000000"});
    company_.insert("demo_orders", {"1, 'web', 'completed', '', 'EUR', 5, 1000000, 1000001, NULL",
                                    "1, 'web', 'cancelled', 'stock', 'EUR', 5, 1000000, NULL, 1000001",
                                    "1, 'web', 'new', '', 'EUR', 5, 1000000, NULL, NULL"});
    company_.insert("demo_customers",
                    {"1, 'web', 'active', 1, '2020-01', NULL, NULL, ''",
                     "1, 'web', 'active', 1000000, '2020-01', 1000002, '2020-02', 'price'"});
    company_.insert("demo_csat", {"1, 4, 1000000"});
    company_.insert("demo_nps", {"1, 9, 1000000"});
    company_.insert("demo_jobs", {"1, 'repair', 'completed', '', 1, 5, 1000000, 1000000, 1000000",
                                  "1, 'repair', 'failed', 'parts', 1, 5, 1000000, 1000000, 1000000",
                                  "1, 'repair', 'new', '', 0, 0, 1000000, NULL, NULL"});
    company_.insert("demo_technicians", {"'north', 'off'"});
    company_.insert("demo_shifts", {"1, 'north', 1000000, 10, 5"});
    for (const char* time : {"1000000", "1799999999"}) {
      company_.insert("demo_batches", {fmt::format("'press', 5, 50, {}", time)});
      company_.insert("demo_defects", {fmt::format("1, 'press', 'misfit', 5, {}", time)});
    }
    company_.insert("demo_measurements",
                    {"'press', 'bore', 1, 1799999999", "'press', 'bore', 2, 1799999999"});
    company_.run("INSERT INTO demo_spec_limits VALUES ('press', 'bore', 0, 3)");
    company_.insert("demo_email_logs", {"1, 'welcome', 1000000, 1000000, 1000000, 1000000, 'hard', 1000000",
                                        "1, 'welcome', 1000000, NULL, NULL, NULL, '', NULL"});
    company_.insert("demo_webhooks", {"'crm', 'pending', 5"});
    company_.insert("demo_webhook_logs", {"1, 'crm', 'timeout', 100, 1000000"});
    company_.insert("demo_api_usage", {"'/a', 'team', 9, 1, 1, 1, 1000000"});
    company_.insert("demo_api_keys", {"1, 'team', 5, 5, 5"});
    company_.run("INSERT INTO demo_plans VALUES ('team', 'EUR', 'month', 5)");
    company_.run("INSERT INTO demo_coupons VALUES ('a', 1, NULL)");
    company_.insert("demo_coupon_redemptions", {"'a', 1, 'EUR', 5, 1000000"});
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, Packs, picket::test::kBothEngines, picket::test::engine_name);

TEST_P(Packs, EveryMetricAndReportHasValues) {
  fill();
  for (const Pack& pack : all_packs()) {
    for (const QueryConfig& query : pack.queries) {
      std::set<std::string> names;
      for (const auto& [series, value] : company_.figures(query))
        names.insert(series.substr(0, series.find('{')));
      for (const MetricConfig& metric : query.metrics)
        EXPECT_EQ(names.count(metric.name), 1U)
            << metric.name << " of query " << query.name << " has no series";
    }
    for (const ReportConfig& report : pack.reports)
      EXPECT_FALSE(company_.report(report, kTwoDays).empty()) << pack.name << ": " << report.kpi;
  }
}

TEST_P(Packs, WithoutDataThereIsNothingAndNoError) {
  for (const Pack& pack : all_packs()) {
    for (const QueryConfig& query : pack.queries) {
      Figures figures = company_.figures(query);
      if (query.name == "messaging_emails") {
        EXPECT_EQ(figures.extract("business_emails_queued{}").mapped(), 0);
      }
      EXPECT_THAT(figures, IsEmpty()) << query.name;
    }
    for (const ReportConfig& report : pack.reports)
      EXPECT_THAT(company_.report(report, kTwoDays), IsEmpty()) << report.kpi;
  }
}

double sum_of(const Figures& figures) {
  double sum = 0;
  for (const auto& [key, value] : figures) sum += value;
  return sum;
}

TEST_P(Packs, ReportsOfManyPeriodsCountEachMomentOnce) {
  fill();
  std::string hours;
  for (int hour = 0; hour < 48; ++hour)
    hours += fmt::format("{}('h{}', {}, {})", hour == 0 ? "" : ", ", hour, 1'000'000 + hour * 3600,
                         1'003'600 + hour * 3600);
  for (const Pack& pack : all_packs()) {
    for (const ReportConfig& report : pack.reports) {
      if (report.unit != "count" || report.kpi == "customers") continue;
      EXPECT_EQ(sum_of(company_.report(report, kTwoDays)), sum_of(company_.report(report, hours)))
          << report.kpi;
    }
  }
}

/// SQLite's files have one schema.
class PacksOfPostgres : public Packs {};
INSTANTIATE_TEST_SUITE_P(Engines, PacksOfPostgres, ::testing::Values(sql::Engine::Postgres),
                         picket::test::engine_name);

TEST_P(PacksOfPostgres, ViewsMayBeInASchemaOfTheirOwn) {
  company_.run("CREATE SCHEMA kpi");
  for (const Pack& pack : all_packs()) {
    for (const std::string& view : views_of(pack)) {
      company_.run(fmt::format("ALTER VIEW {} SET SCHEMA kpi", view));
    }
  }
  fill();
  for (const Pack& pack : all_packs()) {
    for (const QueryConfig& query : pack.queries)
      EXPECT_FALSE(company_.figures(query, "kpi").empty()) << query.name;
    for (const ReportConfig& report : pack.reports)
      EXPECT_FALSE(company_.report(report, kTwoDays, "kpi").empty()) << report.kpi;
  }
}

TEST(PackStatements, ReadEachTableOnceAndPeriodsByTheirIndexes) {
  picket::test::PackCompany company(sql::Engine::Sqlite);
  for (const Pack& pack : all_packs()) {
    for (const QueryConfig& query : pack.queries) {
      std::map<std::string, int> reads;
      for (const std::string& line : company.plan(picket::test::PackCompany::statement(query.sql))) {
        const std::size_t at = line.find(" demo_");
        if (at == std::string::npos) continue;
        const std::string table = line.substr(at + 1, line.find(' ', at + 1) - at - 1);
        EXPECT_EQ(++reads[table], 1) << query.name << ": " << line;
      }
    }
    for (const ReportConfig& report : pack.reports) {
      const std::string text = picket::test::PackCompany::report_statement(report, kTwoDays);
      for (const std::string& line : company.plan(text))
        EXPECT_THAT(line, ::testing::Not(HasSubstr("SCAN demo_"))) << report.kpi;
    }
  }
}

TEST(PackStatements, NamesAreEachUsedOnce) {
  std::set<std::string> metrics, kpis, views;
  for (const Pack& pack : all_packs()) {
    for (const QueryConfig& query : pack.queries) {
      for (const MetricConfig& metric : query.metrics)
        EXPECT_TRUE(metrics.insert(metric.name).second) << metric.name;
    }
    for (const ReportConfig& report : pack.reports) EXPECT_TRUE(kpis.insert(report.kpi).second) << report.kpi;
    for (const std::string& view : views_of(pack)) EXPECT_TRUE(views.insert(view).second) << view;
  }
}

std::string row_of(const MetricConfig& metric) {
  std::vector<std::string> labels = metric.label_names();
  for (std::string& label : labels) label = fmt::format("`{}`", label);
  const char* type = metric.type == MetricType::Counter ? "counter"
                     : metric.type == MetricType::Gauge ? "gauge"
                                                        : "histogram";
  return fmt::format("| `{}` | {} | {} | {} |\n", metric.name, type, join(labels, ", "), metric.help);
}

TEST(PackStatements, EveryMetricIsInTheDocument) {
  const auto read = RealFiles().read(std::string(PICKET_SOURCE_DIR) + "/docs/metrics.md", 1_MiB);
  ASSERT_TRUE(read);
  for (const Pack& pack : all_packs()) {
    const std::size_t section = read->find(fmt::format("### Pack {}\n", pack.name));
    ASSERT_NE(section, std::string::npos) << pack.name;
    const std::string text = read->substr(section, read->find("\n##", section + 1) - section);
    std::string expected =
        fmt::format("### Pack {}\n| metric | type | labels | meaning |\n|---|---|---|---|\n", pack.name);
    for (const QueryConfig& query : pack.queries) {
      for (const MetricConfig& metric : query.metrics) expected += row_of(metric);
    }
    EXPECT_EQ(text, expected);
  }
}

TEST(PackStatements, UnitsAreThoseThatPagesKnow) {
  const std::set<std::string> known{"minor_units", "count", "ratio", "seconds", "score"};
  for (const Pack& pack : all_packs()) {
    for (const ReportConfig& report : pack.reports) {
      EXPECT_EQ(known.count(report.unit), 1U) << report.kpi;
      const bool has_currency = std::ranges::find(report.by, "currency") != report.by.end();
      EXPECT_EQ(report.unit == "minor_units", has_currency) << report.kpi << ": money is told by currency";
    }
  }
}

}  // namespace
}  // namespace picket::business
