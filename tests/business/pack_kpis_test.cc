// The packs' KPIs over a few rows each, with results worked out by hand.
#include <gmock/gmock.h>

#include "tests/business/pack_company.h"

namespace picket::business {
namespace {

using picket::test::Figures;
using picket::test::kDay;
using picket::test::kNow;
using ::testing::Contains;
using ::testing::DoubleNear;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

class PackKpis : public picket::test::PackTest {};
INSTANTIATE_TEST_SUITE_P(Engines, PackKpis, picket::test::kBothEngines, picket::test::engine_name);

constexpr double kNear = 1e-9;

void expect_near(const Figures& figures, const std::string& key, double value, double near = kNear) {
  EXPECT_THAT(figures, Contains(Pair(key, DoubleNear(value, near))));
}

TEST_P(PackKpis, CurrenciesAreNeverAddedUpAndRefundsStandForThemselves) {
  company_.insert("demo_bookings", {"1, 'EUR', 'service', 1000, 1000000", "1, 'EUR', 'service', 250, 1086399",
                                    "1, 'EUR', 'parts', 7, 1086400", "2, 'JPY', 'service', 90000, 1086400"});
  company_.insert("demo_refunds", {"1, 'EUR', 'service', 400, 1086400", "1, 'USD', 'parts', 5, 1172799"});
  EXPECT_EQ(company_.figures("revenue", "booked"),
            (Figures{{"business_revenue_minor_units_total{EUR,service}", 1250},
                     {"business_revenue_minor_units_total{EUR,parts}", 7},
                     {"business_revenue_minor_units_total{JPY,service}", 90000}}));
  EXPECT_EQ(company_.figures("revenue", "refunded"),
            (Figures{{"business_refund_minor_units_total{EUR,service}", 400},
                     {"business_refund_minor_units_total{USD,parts}", 5}}));
  EXPECT_EQ(company_.report("revenue", "revenue"),
            (Figures{{"one,EUR,service", 1250}, {"two,EUR,parts", 7}, {"two,JPY,service", 90000}}));
  EXPECT_EQ(company_.report("revenue", "refunds"), (Figures{{"two,EUR,service", 400}, {"two,USD,parts", 5}}));
  EXPECT_EQ(company_.report("revenue", "net_revenue"),
            (Figures{{"one,EUR", 1250}, {"two,EUR", 7 - 400}, {"two,JPY", 90000}, {"two,USD", -5}}));
}

TEST_P(PackKpis, RecurringRevenueIsThatOfPaidSubscriptionsThatRun) {
  // plan, currency, billing, monthly, status, started, trial ends, paid from, ended
  const auto row = [](const char* plan, const char* currency, int monthly, const char* times) {
    return fmt::format("1, '{}', '{}', 'month', {}, 'x', {}, ''", plan, currency, monthly, times);
  };
  company_.insert(
      "demo_subscriptions",
      {row("team", "EUR", 1000, "10, NULL, 10, NULL"), row("team", "EUR", 300, "20, 30, 30, NULL"),
       row("team", "EUR", 50, "20, 30, NULL, NULL"),         // a trial
       row("team", "EUR", 7, "20, NULL, 20, 1086399"),       // ended on day one
       row("team", "EUR", 9, "20, NULL, 1086400, 1172800"),  // ends with day two
       row("basic", "USD", 20, fmt::format("1, NULL, 1, {}", kNow + 1).c_str()),
       row("basic", "USD", 40, fmt::format("1, NULL, 1, {}", kNow).c_str()),
       row("basic", "USD", 80, fmt::format("1, NULL, {}, NULL", kNow + 1).c_str())});
  EXPECT_EQ(company_.figures("revenue", "recurring"),
            (Figures{{"business_recurring_revenue_minor_units{EUR,team}", 1300},
                     {"business_recurring_revenue_minor_units{USD,basic}", 20}}));
  EXPECT_EQ(
      company_.report("revenue", "recurring_revenue"),
      (Figures{
          {"one,EUR,team", 1300}, {"one,USD,basic", 60}, {"two,EUR,team", 1309}, {"two,USD,basic", 60}}));
}

TEST_P(PackKpis, ReceivablesAreOpenInvoicesByDaysOverdue) {
  const auto row = [](const char* currency, int amount, std::int64_t late_seconds,
                      const char* paid = "NULL") {
    return fmt::format("1, '{}', {}, 5, {}, {}", currency, amount, kNow - late_seconds, paid);
  };
  company_.insert(
      "demo_invoices",
      {row("EUR", 1, -kDay), row("EUR", 2, 0), row("EUR", 4, 1), row("EUR", 8, 30 * kDay),
       row("EUR", 16, 30 * kDay + 1), row("EUR", 32, 60 * kDay + 1), row("EUR", 64, 90 * kDay),
       row("EUR", 128, 90 * kDay + 1), row("EUR", 256, 90 * kDay, "6"), row("CHF", 3, 400 * kDay)});
  EXPECT_EQ(company_.figures("revenue", "receivables"),
            (Figures{{"business_receivable_minor_units{EUR,not_due}", 3},
                     {"business_receivable_minor_units{EUR,1_30}", 12},
                     {"business_receivable_minor_units{EUR,31_60}", 16},
                     {"business_receivable_minor_units{EUR,61_90}", 96},
                     {"business_receivable_minor_units{EUR,over_90}", 128},
                     {"business_receivable_minor_units{CHF,not_due}", 0},
                     {"business_receivable_minor_units{CHF,1_30}", 0},
                     {"business_receivable_minor_units{CHF,31_60}", 0},
                     {"business_receivable_minor_units{CHF,61_90}", 0},
                     {"business_receivable_minor_units{CHF,over_90}", 3}}));
}

TEST_P(PackKpis, PaymentsAreCompleteOfThoseThatEnded) {
  company_.insert("demo_payments", {"1, 'card', 'succeeded', 1000000", "1, 'card', 'succeeded', 1000001",
                                    "1, 'card', 'failed', 1000002", "1, 'card', 'abandoned', 1000003",
                                    "1, 'card', 'pending', 1000004", "1, 'wallet', 'pending', 1000005"});
  EXPECT_EQ(company_.figures("revenue", "payments"),
            (Figures{{"business_payments_attempted_total{card}", 5},
                     {"business_payments_attempted_total{wallet}", 1},
                     {"business_payments_completed_total{card}", 2},
                     {"business_payments_completed_total{wallet}", 0},
                     {"business_payments_failed_total{card,failed}", 1},
                     {"business_payments_failed_total{card,abandoned}", 1}}));
  EXPECT_EQ(company_.report("revenue", "payment_completion"), (Figures{{"one,card", 0.5}}));
}

TEST_P(PackKpis, OrdersByChannelStatusValueAndFulfilment) {
  company_.insert("demo_orders", {"1, 'web', 'completed', '', 'EUR', 1000, 1000000, 1003600, NULL",
                                  "1, 'web', 'completed', '', 'EUR', 1001, 1000000, 1086401, NULL",
                                  "1, 'web', 'cancelled', 'fraud', 'USD', 9000000, 1000000, NULL, 1086400",
                                  "1, 'phone', 'new', '', 'EUR', 200, 1086400, NULL, NULL",
                                  "1, 'web', 'shipped', '', 'EUR', 300, 1086400, NULL, NULL",
                                  "1, 'web', 'new', '', 'EUR', 500, 1086400, NULL, NULL"});
  EXPECT_EQ(company_.figures("revenue", "orders"), (Figures{{"business_orders_created_total{web}", 5},
                                                            {"business_orders_created_total{phone}", 1},
                                                            {"business_orders_completed_total{web}", 2},
                                                            {"business_orders_completed_total{phone}", 0},
                                                            {"business_orders_cancelled_total{web,fraud}", 1},
                                                            {"business_orders_open{new}", 2},
                                                            {"business_orders_open{shipped}", 1}}));
  EXPECT_EQ(company_.figures("revenue", "order_values"),
            (Figures{{"business_order_value_minor_units_count{EUR}", 5},
                     {"business_order_value_minor_units_sum{EUR}", 3001},
                     {"business_order_value_minor_units{EUR,le=1000}", 4},
                     {"business_order_value_minor_units{EUR,le=2500}", 1},
                     {"business_order_value_minor_units_count{USD}", 1},
                     {"business_order_value_minor_units_sum{USD}", 9e6},
                     {"business_order_value_minor_units{USD,le=+Inf}", 1}}));
  EXPECT_EQ(company_.figures("revenue", "fulfilment"),
            (Figures{{"business_order_fulfilment_seconds_count{web}", 2},
                     {"business_order_fulfilment_seconds_sum{web}", 90001},
                     {"business_order_fulfilment_seconds{web,le=3600}", 1},
                     {"business_order_fulfilment_seconds{web,le=172800}", 1}}));
  EXPECT_EQ(company_.report("revenue", "orders"),
            (Figures{{"one,web", 3}, {"two,phone", 1}, {"two,web", 2}}));
  EXPECT_EQ(company_.report("revenue", "orders_completed"), (Figures{{"one,web", 1}, {"two,web", 1}}));
  EXPECT_EQ(company_.report("revenue", "orders_cancelled"), (Figures{{"two,web,fraud", 1}}));
  expect_near(company_.report("revenue", "order_value"), "two,EUR", 1000.0 / 3);
  EXPECT_EQ(company_.report("revenue", "fulfilment_time"), (Figures{{"one,web", 3600}, {"two,web", 86401}}));
}

TEST_P(PackKpis, ChurnIsOfThoseWhoWereThereAtTheBeginning) {
  // organisation, channel, status, signed up, month, churned, month, reason
  const auto row = [](const char* status, int signed_up, const char* churned, const char* reason) {
    const bool lost = std::string(churned) != "NULL";
    return fmt::format("1, 'web', '{}', {}, '2020-01', {}, {}, '{}'", status, signed_up, churned,
                       lost ? "'2020-02'" : "NULL", reason);
  };
  company_.insert("demo_customers",
                  {row("active", 1, "NULL", ""), row("active", 2, "NULL", ""), row("trial", 3, "NULL", ""),
                   row("churned", 4, "1000000", "price"),        // on day one, at its first second
                   row("churned", 5, "999999", "moved"),         // before it
                   row("churned", 1000001, "1000002", "price"),  // came and went on day one
                   row("active", 1000003, "NULL", ""),           // came on day one
                   row("churned", 6, "1086400", "quality")});    // on day two
  EXPECT_EQ(company_.figures("customers", "customers"),
            (Figures{{"business_customers{active}", 3},
                     {"business_customers{trial}", 1},
                     {"business_customer_signups_total{web}", 8},
                     {"business_customer_churns_total{price}", 2},
                     {"business_customer_churns_total{moved}", 1},
                     {"business_customer_churns_total{quality}", 1}}));
  const Figures ratio = company_.report("customers", "churn_ratio");
  expect_near(ratio, "one", 1.0 / 5);  // of 1, 2, 3, 4 and 6
  expect_near(ratio, "two", 1.0 / 5);  // of 1, 2, 3, 6 and the one who came on day one
  EXPECT_EQ(company_.report("customers", "customers"), (Figures{{"one", 5}, {"two", 4}}));
  EXPECT_EQ(company_.report("customers", "signups"), (Figures{{"one,web", 2}}));
  EXPECT_EQ(company_.report("customers", "churns"), (Figures{{"one,price", 2}, {"two,quality", 1}}));
}

TEST_P(PackKpis, NpsAndCsat) {
  // Of ten: 5 promoters, 2 passive, 3 detractors: 50 % - 30 %.
  for (const int score : {9, 9, 10, 10, 10, 7, 8, 6, 0, 3})
    company_.insert("demo_nps", {fmt::format("1, {}, 1000000", score)});
  company_.insert("demo_nps", {"1, 6, 1086400"});
  for (const int score : {5, 4, 4, 3, 1})
    company_.insert("demo_csat", {fmt::format("1, {}, 1000000", score)});
  EXPECT_EQ(company_.figures("customers", "nps"), (Figures{{"business_nps_responses_total{promoter}", 5},
                                                           {"business_nps_responses_total{passive}", 2},
                                                           {"business_nps_responses_total{detractor}", 4}}));
  EXPECT_EQ(company_.figures("customers", "csat"), (Figures{{"business_csat_responses_total{5}", 1},
                                                            {"business_csat_responses_total{4}", 2},
                                                            {"business_csat_responses_total{3}", 1},
                                                            {"business_csat_responses_total{1}", 1}}));
  EXPECT_EQ(company_.report("customers", "nps"), (Figures{{"one", 20}, {"two", -100}}));
  expect_near(company_.report("customers", "csat"), "one", 0.6);
}

TEST_P(PackKpis, CohortsKeepThoseWhoWereNotLostByTheEndOfTheMonth) {
  const auto row = [](const char* month, const char* lost) {
    return fmt::format("1, 'web', 'x', 1, {}, 2, {}, ''", month, lost);
  };
  company_.insert("demo_customers",
                  {row("'2025-12'", "NULL"), row("'2025-12'", "'2025-12'"), row("'2025-12'", "'2026-01'"),
                   row("'2026-02'", "NULL"), row("'2025-01'", "NULL"), row("'2025-02'", "NULL")});
  EXPECT_EQ(company_.figures("customers", "cohorts").count("business_cohort_customers{2025-01}"), 0U)
      << "fourteen months before the newest one";
  Figures expected{{"business_cohort_customers{2025-12}", 3},
                   {"business_cohort_retained_customers{2025-12,0}", 2},
                   {"business_cohort_retained_customers{2025-12,1}", 1},
                   {"business_cohort_retained_customers{2025-12,2}", 1},
                   {"business_cohort_customers{2026-02}", 1},
                   {"business_cohort_retained_customers{2026-02,0}", 1},
                   {"business_cohort_customers{2025-02}", 1}};
  for (int age = 0; age <= 12; ++age)
    expected.emplace(fmt::format("business_cohort_retained_customers{{2025-02,{}}}", age), 1);
  EXPECT_EQ(company_.figures("customers", "cohorts"), expected);
}

TEST_P(PackKpis, CohortsAreBounded) {
  for (int month = 0; month < 40; ++month) {
    company_.insert("demo_customers", {fmt::format("1, 'web', 'x', 1, '{:04}-{:02}', NULL, NULL, ''",
                                                   2020 + month / 12, month % 12 + 1)});
  }
  EXPECT_EQ(company_.figures("customers", "cohorts").size(), 13U + 91U);
}

TEST_P(PackKpis, Jobs) {
  company_.insert("demo_jobs", {"1, 'repair', 'completed', '', 1, 900, 1000000, 1001800, 1003600",
                                "1, 'repair', 'completed', '', 2, 901, 1000000, 1001801, 1086400",
                                "1, 'repair', 'failed', 'parts', 1, 5, 1000000, NULL, 1003600",
                                "1, 'repair', 'new', '', 0, 0, 1000009, NULL, NULL",
                                "1, 'repair', 'new', '', 0, 0, 1000007, NULL, NULL",
                                "1, 'inspection', 'completed', '', 1, 60000, 1000000, 1000000, 1003600"});
  EXPECT_EQ(company_.figures("operations", "jobs"),
            (Figures{{"business_jobs_created_total{repair}", 5},
                     {"business_jobs_created_total{inspection}", 1},
                     {"business_jobs_completed_total{repair}", 2},
                     {"business_jobs_completed_total{inspection}", 1},
                     {"business_jobs_failed_total{repair,parts}", 1},
                     {"business_jobs_first_visit_resolved_total{repair}", 1},
                     {"business_jobs_first_visit_resolved_total{inspection}", 1},
                     {"business_jobs_open{repair,new}", 2},
                     {"business_oldest_open_job_timestamp_seconds{repair}", 1000007}}));
  EXPECT_EQ(company_.figures("operations", "job_durations"),
            (Figures{{"business_job_duration_seconds_count{repair}", 2},
                     {"business_job_duration_seconds_sum{repair}", 1801},
                     {"business_job_duration_seconds{repair,le=900}", 1},
                     {"business_job_duration_seconds{repair,le=1800}", 1},
                     {"business_job_duration_seconds_count{inspection}", 1},
                     {"business_job_duration_seconds_sum{inspection}", 60000},
                     {"business_job_duration_seconds{inspection,le=+Inf}", 1}}));
  EXPECT_EQ(company_.figures("operations", "responses").at("business_job_response_seconds{repair,le=1800}"),
            1);
  EXPECT_EQ(company_.report("operations", "job_completion"),
            (Figures{{"one,repair", 0.5}, {"one,inspection", 1}, {"two,repair", 1}}));
  EXPECT_EQ(company_.report("operations", "first_visit_fix"),
            (Figures{{"one,repair", 1}, {"one,inspection", 1}, {"two,repair", 0}}));
  EXPECT_EQ(company_.report("operations", "job_duration"),
            (Figures{{"one,repair", 900}, {"one,inspection", 60000}, {"two,repair", 901}}));
  EXPECT_EQ(company_.report("operations", "response_time"),
            (Figures{{"one,repair", 1800.5}, {"one,inspection", 0}}));
  EXPECT_EQ(company_.report("operations", "jobs_failed"), (Figures{{"one,repair,parts", 1}}));
}

TEST_P(PackKpis, UtilisationIsTimeOnJobsOfTheTimeRostered) {
  company_.insert("demo_shifts", {"1, 'north', 1000000, 1000, 700", "2, 'north', 1000000, 3000, 2300",
                                  "3, 'south', 1000000, 0, 0", "3, 'south', 1086400, 400, 100"});
  company_.insert("demo_technicians", {"'north', 'on_job'", "'north', 'off'", "'south', 'on_job'"});
  EXPECT_EQ(company_.figures("operations", "technician_time"),
            (Figures{{"business_technician_available_seconds_total{north}", 4000},
                     {"business_technician_productive_seconds_total{north}", 3000},
                     {"business_technician_available_seconds_total{south}", 400},
                     {"business_technician_productive_seconds_total{south}", 100}}));
  EXPECT_EQ(company_.report("operations", "utilisation"),
            (Figures{{"one,north", 0.75}, {"two,south", 0.25}}));
  EXPECT_EQ(company_.figures("operations", "technicians"),
            (Figures{{"business_technicians{on_job}", 2}, {"business_technicians{off}", 1}}));
}

}  // namespace
}  // namespace picket::business
