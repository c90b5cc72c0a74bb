// Packs messaging, api and subscriptions over a few rows each, with results worked out by hand.
#include <gmock/gmock.h>

#include "tests/business/pack_company.h"

namespace picket::business {
namespace {

using picket::test::Figures;
using picket::test::kDay;
using picket::test::kNow;

class PackTraffic : public picket::test::PackTest {};
INSTANTIATE_TEST_SUITE_P(Engines, PackTraffic, picket::test::kBothEngines, picket::test::engine_name);

TEST_P(PackTraffic, Emails) {
  // template, queued, sent, delivered, bounced, bounce, complained
  company_.insert("demo_email_logs", {"1, 'welcome', 1000000, 1000001, 1000005, NULL, '', NULL",
                                      "1, 'welcome', 1000000, 1000001, 1000006, NULL, '', 1000100",
                                      "1, 'welcome', 1000000, 1000001, NULL, 1000009, 'hard', NULL",
                                      "1, 'welcome', 1000000, 1000002, NULL, NULL, '', NULL",
                                      "1, 'invoice', 1000000, NULL, NULL, 1000003, 'soft', NULL",
                                      "1, 'invoice', 1000004, NULL, NULL, NULL, '', NULL",
                                      "1, 'welcome', 1000003, NULL, NULL, NULL, '', NULL"});
  EXPECT_EQ(company_.figures("messaging", "emails"),
            (Figures{{"business_emails_sent_total{welcome}", 4},
                     {"business_emails_sent_total{invoice}", 0},
                     {"business_emails_delivered_total{welcome}", 2},
                     {"business_emails_delivered_total{invoice}", 0},
                     {"business_emails_bounced_total{welcome,hard}", 1},
                     {"business_emails_bounced_total{invoice,soft}", 1},
                     {"business_email_complaints_total{welcome}", 1},
                     {"business_email_complaints_total{invoice}", 0},
                     {"business_emails_queued{}", 2},
                     {"business_oldest_queued_email_timestamp_seconds{}", 1000003}}));
  EXPECT_EQ(company_.figures("messaging", "email_delivery"),
            (Figures{{"business_email_delivery_seconds_count{welcome}", 2},
                     {"business_email_delivery_seconds_sum{welcome}", 11},
                     {"business_email_delivery_seconds{welcome,le=5}", 1},
                     {"business_email_delivery_seconds{welcome,le=10}", 1}}));
  EXPECT_EQ(company_.report("messaging", "emails"), (Figures{{"one,welcome", 4}}));
  EXPECT_EQ(company_.report("messaging", "emails_bounced"), (Figures{{"one,welcome", 0.25}}));
  EXPECT_EQ(company_.report("messaging", "emails_delivered"), (Figures{{"one,welcome", 0.5}}));
}

TEST_P(PackTraffic, Webhooks) {
  company_.insert("demo_webhooks", {"'crm', 'delivered', 5", "'crm', 'pending', 9", "'crm', 'pending', 7",
                                    "'orders', 'exhausted', 3"});
  company_.insert("demo_webhook_logs",
                  {"1, 'crm', '', 100, 1000000", "1, 'crm', 'timeout', 30001, 1000000",
                   "1, 'crm', 'http_5xx', 101, 1086400", "1, 'orders', '', 50, 1086400"});
  EXPECT_EQ(company_.figures("messaging", "webhooks"),
            (Figures{{"business_webhooks_exhausted_total{crm}", 0},
                     {"business_webhooks_exhausted_total{orders}", 1},
                     {"business_webhooks_pending{crm}", 2},
                     {"business_webhooks_pending{orders}", 0},
                     {"business_oldest_pending_webhook_timestamp_seconds{crm}", 7}}));
  EXPECT_EQ(company_.figures("messaging", "webhook_attempts"),
            (Figures{{"business_webhook_deliveries_total{crm}", 3},
                     {"business_webhook_deliveries_total{orders}", 1},
                     {"business_webhook_delivery_failures_total{crm,timeout}", 1},
                     {"business_webhook_delivery_failures_total{crm,http_5xx}", 1}}));
  EXPECT_EQ(company_.figures("messaging", "webhook_durations"),
            (Figures{{"business_webhook_delivery_duration_seconds_count{crm}", 3},
                     {"business_webhook_delivery_duration_seconds_sum{crm}", 0.1 + 30.102},
                     {"business_webhook_delivery_duration_seconds{crm,le=0.1}", 1},
                     {"business_webhook_delivery_duration_seconds{crm,le=0.25}", 1},
                     {"business_webhook_delivery_duration_seconds{crm,le=+Inf}", 1},
                     {"business_webhook_delivery_duration_seconds_count{orders}", 1},
                     {"business_webhook_delivery_duration_seconds_sum{orders}", 0.05},
                     {"business_webhook_delivery_duration_seconds{orders,le=0.05}", 1}}));
  EXPECT_EQ(company_.report("messaging", "webhook_attempts"),
            (Figures{{"one,crm", 2}, {"two,crm", 1}, {"two,orders", 1}}));
  EXPECT_EQ(company_.report("messaging", "webhook_failures"),
            (Figures{{"one,crm", 0.5}, {"two,crm", 1}, {"two,orders", 0}}));
}

TEST_P(PackTraffic, ApiUsage) {
  // route, plan, requests, 4xx, 5xx, over quota, hour
  company_.insert("demo_api_usage",
                  {"'/v1/a', 'free', 100, 20, 5, 15, 1000000", "'/v1/a', 'free', 100, 0, 0, 0, 1086400",
                   "'/v1/b', 'free', 50, 4, 0, 4, 1086400", "'/v1/b', 'team', 8, 0, 2, 0, 1086400"});
  EXPECT_EQ(company_.figures("api", "usage"),
            (Figures{{"business_api_requests_total{/v1/a,free}", 200},
                     {"business_api_requests_total{/v1/b,free}", 50},
                     {"business_api_requests_total{/v1/b,team}", 8},
                     {"business_api_request_errors_total{/v1/a,free,4xx}", 20},
                     {"business_api_request_errors_total{/v1/a,free,5xx}", 5},
                     {"business_api_request_errors_total{/v1/b,free,4xx}", 4},
                     {"business_api_request_errors_total{/v1/b,free,5xx}", 0},
                     {"business_api_request_errors_total{/v1/b,team,4xx}", 0},
                     {"business_api_request_errors_total{/v1/b,team,5xx}", 2},
                     {"business_api_quota_exceeded_total{free}", 19},
                     {"business_api_quota_exceeded_total{team}", 0}}));
  EXPECT_EQ(
      company_.report("api", "api_errors"),
      (Figures{
          {"one,/v1/a,free", 0.05}, {"two,/v1/a,free", 0}, {"two,/v1/b,free", 0}, {"two,/v1/b,team", 0.25}}));
  EXPECT_EQ(company_.report("api", "api_client_errors").at("one,/v1/a,free"), 0.2);
  EXPECT_EQ(company_.report("api", "api_requests").at("two,/v1/b,free"), 50);
  EXPECT_EQ(company_.report("api", "api_quota_exceeded"),
            (Figures{{"one,free", 15}, {"two,free", 4}, {"two,team", 0}}));
}

TEST_P(PackTraffic, ApiKeysAndQuotas) {
  const auto row = [](const char* plan, const char* quota, int used, std::int64_t ago) {
    return fmt::format("1, '{}', {}, {}, {}", plan, quota, used, kNow - ago);
  };
  company_.insert("demo_api_keys",
                  {row("free", "100", 89, kDay - 1), row("free", "100", 90, kDay),
                   row("free", "100", 130, 7 * kDay), row("team", "NULL", 5000, 30 * kDay - 1)});
  company_.insert("demo_api_keys", {"1, 'team', NULL, 0, NULL"});
  EXPECT_EQ(company_.figures("api", "keys"), (Figures{{"business_api_keys{free}", 3},
                                                      {"business_api_keys{team}", 2},
                                                      {"business_api_active_keys{free,1d}", 1},
                                                      {"business_api_active_keys{free,7d}", 2},
                                                      {"business_api_active_keys{free,30d}", 3},
                                                      {"business_api_active_keys{team,1d}", 0},
                                                      {"business_api_active_keys{team,7d}", 0},
                                                      {"business_api_active_keys{team,30d}", 1},
                                                      {"business_api_quota_requests{free}", 300},
                                                      {"business_api_quota_requests{team}", 0},
                                                      {"business_api_quota_used_requests{free}", 309},
                                                      {"business_api_quota_used_requests{team}", 0},
                                                      {"business_api_keys_near_quota{free}", 2},
                                                      {"business_api_keys_near_quota{team}", 0}}));
}

TEST_P(PackTraffic, SubscriptionsAndTrials) {
  const auto row = [](const char* plan, const char* status, const char* times, const char* reason = "") {
    return fmt::format("1, '{}', 'EUR', 'month', 100, '{}', {}, '{}'", plan, status, times, reason);
  };
  // started, trial ends, paid from, ended
  company_.insert("demo_subscriptions", {row("team", "active", "1000000, NULL, 1000000, NULL"),
                                         row("team", "active", "1000000, 1000500, 1000500, NULL"),
                                         row("team", "trial", "1000000, 9000000, NULL, NULL"),
                                         row("team", "ended", "1000000, 1000500, NULL, 1086400", "trial"),
                                         row("team", "ended", "1000000, 1000500, 1000500, 1086401", "price"),
                                         row("basic", "paused", "1086400, NULL, 1086400, NULL")});
  EXPECT_EQ(company_.figures("subscriptions", "subscriptions"),
            (Figures{{"business_subscriptions{team,active}", 2},
                     {"business_subscriptions{team,trial}", 1},
                     {"business_subscriptions{basic,paused}", 1},
                     {"business_subscriptions_started_total{team}", 5},
                     {"business_subscriptions_started_total{basic}", 1},
                     {"business_subscriptions_ended_total{team,trial}", 1},
                     {"business_subscriptions_ended_total{team,price}", 1},
                     {"business_trials_started_total{team}", 4},
                     {"business_trials_started_total{basic}", 0},
                     {"business_trials_converted_total{team}", 2},
                     {"business_trials_converted_total{basic}", 0},
                     {"business_trials_lost_total{team}", 1},
                     {"business_trials_lost_total{basic}", 0}}));
  EXPECT_EQ(company_.report("subscriptions", "trial_conversion"), (Figures{{"one,team", 0.5}}));
  EXPECT_EQ(company_.report("subscriptions", "subscriptions_started"),
            (Figures{{"one,team", 5}, {"two,basic", 1}}));
  EXPECT_EQ(company_.report("subscriptions", "subscriptions_ended"),
            (Figures{{"two,team,trial", 1}, {"two,team,price", 1}}));
}

TEST_P(PackTraffic, PlansAndCoupons) {
  company_.run(
      "INSERT INTO demo_plans VALUES ('team', 'EUR', 'month', 4900), ('team', 'EUR', 'year', 49000)");
  company_.run(fmt::format(
      "INSERT INTO demo_coupons VALUES ('a', 1, NULL), ('b', 1, {0}), ('c', 1, {1}), ('d', {1}, NULL)", kNow,
      kNow + 1));
  company_.insert("demo_coupon_redemptions", {"'a', 1, 'EUR', 500, 1000000", "'a', 2, 'EUR', 250, 1086400",
                                              "'a', 2, 'USD', 1, 1086400"});
  EXPECT_EQ(company_.figures("subscriptions", "plans"),
            (Figures{{"business_plan_price_minor_units{team,EUR,month}", 4900},
                     {"business_plan_price_minor_units{team,EUR,year}", 49000}}));
  EXPECT_EQ(company_.figures("subscriptions", "coupons"), (Figures{{"business_coupons{valid}", 2},
                                                                   {"business_coupons{expired}", 1},
                                                                   {"business_coupons{upcoming}", 1}}));
  EXPECT_EQ(company_.figures("subscriptions", "redemptions"),
            (Figures{{"business_coupon_redemptions_total{a,EUR}", 2},
                     {"business_coupon_redemptions_total{a,USD}", 1},
                     {"business_coupon_discount_minor_units_total{a,EUR}", 750},
                     {"business_coupon_discount_minor_units_total{a,USD}", 1}}));
  EXPECT_EQ(company_.report("subscriptions", "coupon_redemptions"), (Figures{{"one,a", 1}, {"two,a", 2}}));
  EXPECT_EQ(company_.report("subscriptions", "coupon_discounts"),
            (Figures{{"one,a,EUR", 500}, {"two,a,EUR", 250}, {"two,a,USD", 1}}));
}

}  // namespace
}  // namespace picket::business
