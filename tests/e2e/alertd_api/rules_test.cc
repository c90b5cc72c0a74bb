// alertd and Debian's Prometheus (2.42) with the same rule files answer /api/v1/rules and /api/v1/alerts
// alike; queries stand as Prometheus prints them, since alertd shows them as written. What version 3 has
// beyond that is tests/alertd/api.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/alertd_api/api_daemon.h"
#include "tests/support/prometheus_server.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;

constexpr const char* kSecondFile = R"(groups:
  - name: zeta
    interval: 1s
    limit: 10
    rules:
      - alert: Firing
        expr: vector(1.5)
        labels: {severity: page, value: '{{ $value }}'}
        annotations: {summary: 'it is {{ $value }}'}
      - record: job:up:sum
        expr: sum(up)
        labels: {team: a}
      - alert: Pending
        expr: vector(1.2345678e+07)
        for: 1h
        keep_firing_for: 90s
      - alert: Quiet
        expr: vector(1) > 2
  - name: alpha
    interval: 1s
    rules:
      - alert: NotANumber
        expr: vector(NaN)
      - alert: Infinite
        expr: vector(-Inf)
      - alert: Small
        expr: vector(1e-06)
)";
constexpr const char* kFirstFile = R"(groups:
  - name: zeta
    interval: 1s
    rules:
      - alert: Several
        expr: label_replace(vector(1), "side", "left", "", "") or label_replace(vector(2), "side", "right", "", "")
)";

/// Without what differs from run to run, and without what alertd says of recording rules that it does not
/// evaluate; alerts sorted, since Prometheus has them in no order.
json comparable(const std::string& body) {
  json answer = json::parse(body);
  if (answer.at("status") != "success") return answer;
  const auto strip_alerts = [](json& alerts) {
    for (json& alert : alerts) {
      EXPECT_GT(alert.at("activeAt").get<std::string>().size(), 19U);
      alert.erase("activeAt");
    }
    std::sort(alerts.begin(), alerts.end());
  };
  json::array_t empty;
  json& payload = answer.at("data");
  if (payload.contains("alerts")) strip_alerts(payload["alerts"]);
  json& groups = payload["groups"];
  // Version 3 leaves out groups of which no rule was asked for.
  std::erase_if(groups.is_null() ? empty : groups.get_ref<json::array_t&>(),
                [](const json& group) { return group.at("rules").empty(); });
  for (json& group : groups) {
    group.erase("lastEvaluation");
    group.erase("evaluationTime");
    for (json& rule : group.at("rules")) {
      rule.erase("lastEvaluation");
      rule.erase("evaluationTime");
      if (rule.contains("alerts")) strip_alerts(rule["alerts"]);
      if (rule.at("type") != "recording") continue;
      rule.erase("health");
      rule.erase("lastError");
    }
  }
  return answer;
}

bool all_are_evaluated(const std::string& body) {
  const json answer = json::parse(body, nullptr, false);
  if (answer.is_discarded()) return false;
  const json& groups = answer.at("data").at("groups");
  return groups.size() == 3 && std::all_of(groups.begin(), groups.end(), [](const json& group) {
           const json& rules = group.at("rules");
           return std::all_of(rules.begin(), rules.end(), [](const json& rule) {
             return rule.at("type") == "recording" || rule.at("health") == "ok";
           });
         });
}

TEST(RulesApi, AnswersAsPrometheusWithTheSameFiles) {
  const TempDir dir;
  const std::vector<std::string> files = {dir.write("b.yml", kSecondFile), dir.write("a.yml", kFirstFile)};
  const PrometheusServer prometheus("global: {evaluation_interval: 1s}\nrule_files: [\"" + files[0] +
                                    "\", \"" + files[1] + "\"]\n");
  const ApiDaemon alertd("{url: \"" + prometheus.url() + "\"}", files);
  for (const std::string& url : {prometheus.url("/api/v1/rules"), alertd.url("/api/v1/rules")}) {
    ASSERT_TRUE(wait_until(std::chrono::seconds(30), std::chrono::milliseconds(50),
                           [&] { return all_are_evaluated(http_get(url).body); }))
        << http_get(url).body << alertd.log();
  }
  for (const std::string query : {"/rules", "/rules?type=alert", "/rules?type=ALERT", "/rules?type=record",
                                  "/rules?type=nothing", "/rules?type=", "/alerts"}) {
    const HttpAnswer theirs = http_get(prometheus.url("/api/v1" + query));
    const HttpAnswer ours = alertd.get("/api/v1" + query);
    EXPECT_EQ(ours.status, theirs.status) << query;
    EXPECT_EQ(ours.header("Content-Type"), theirs.header("Content-Type")) << query;
    const json difference = json::diff(comparable(theirs.body), comparable(ours.body));
    EXPECT_TRUE(difference.empty()) << query << "\n" << difference.dump(1);
  }
}

/// "{labels} value" of each series, without the moments at which alerts became active.
std::vector<std::string> series_of(const PrometheusServer& prometheus, const std::string& metric) {
  std::vector<std::string> all;
  const json answer = json::parse(prometheus.query(metric));
  for (const json& series : answer.at("data").at("result")) {
    const std::string value = series.at("value").at(1);
    all.push_back(series.at("metric").dump() + " " + (metric == "ALERTS" ? value : ""));
  }
  std::sort(all.begin(), all.end());
  return all;
}

// The labels `job` and `instance` of an alert are its own, and an alert without them has none.
TEST(AlertsExposition, GivesPrometheusTheSeriesThatItsOwnRulesWouldHave) {
  const TempDir dir;
  const std::vector<std::string> files = {dir.write("a.yml", kFirstFile), dir.write("b.yml", R"(groups:
  - name: mixed
    interval: 1s
    rules:
      - {alert: Pending, expr: vector(1), for: 1h, labels: {job: shop, alertstate: forged, text: "\"\\\n"}}
      - {alert: Firing, expr: vector(2), labels: {instance: "a:1", severity: page}}
      - {alert: Quiet, expr: vector(1) > 2}
)")};
  const PrometheusServer evaluating("global: {evaluation_interval: 1s}\nrule_files: [\"" + files[0] +
                                    "\", \"" + files[1] + "\"]\n");
  const ApiDaemon alertd("{url: \"" + evaluating.url() + "\"}", files);
  const PrometheusServer scraping(
      "scrape_configs: [{job_name: alerts, scrape_interval: 1s, honor_labels: true, metrics_path: "
      "/alerts/metrics, static_configs: [{targets: [\"" +
      alertd.url().substr(std::string("http://").size()) + "\"]}]}]\n");
  for (const std::string metric : {"ALERTS", "ALERTS_FOR_STATE"}) {
    ASSERT_TRUE(wait_until(std::chrono::seconds(30), std::chrono::milliseconds(50),
                           [&] { return series_of(evaluating, metric).size() == 4; }))
        << metric << evaluating.query(metric);
    wait_until(std::chrono::seconds(30), std::chrono::milliseconds(50),
               [&] { return series_of(scraping, metric).size() == 4; });
    EXPECT_EQ(series_of(scraping, metric), series_of(evaluating, metric))
        << alertd.get("/alerts/metrics").body;
  }
}

TEST(BuildInfo, HasPrometheusFields) {
  const ApiDaemon alertd("{url: \"http://127.0.0.1:9\"}", {});
  const PrometheusServer prometheus("global: {}\n");
  const json ours = json::parse(alertd.get("/api/v1/status/buildinfo").body);
  const json theirs = json::parse(http_get(prometheus.url("/api/v1/status/buildinfo")).body);
  EXPECT_EQ(ours.at("status"), "success");
  for (const auto& [key, value] : theirs.at("data").items()) {
    EXPECT_EQ(ours.at("data").at(key).type(), value.type()) << key;
  }
  EXPECT_NE(ours.at("data").at("version"), "");
}

}  // namespace
}  // namespace picket::test
