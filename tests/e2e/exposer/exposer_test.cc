// Somebody else's exporter on prometheus-cpp and CivetWeb: Prometheus scrapes it, health_exporter probes it,
// alertd tells a CivetWeb server of what its metrics say, and our own HTTP client reads them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/http/client.h"
#include "base/text/escape.h"
#include "tests/e2e/alertd/alertd_process.h"
#include "tests/e2e/exposer/civet_hook.h"
#include "tests/e2e/exposer/foreign_exporter.h"
#include "tests/support/give_up.h"
#include "tests/support/prometheus_server.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

constexpr std::chrono::seconds kPatience{30};
constexpr std::chrono::milliseconds kPause{50};

constexpr const char* kModules = R"(modules:
  metrics:
    prober: http
    http:
      fail_if_body_not_matches_regexp: ['jobs_finished_total\{queue="büro \\"A\\""\} [0-9]+', '(?m)^queue_depth\{']
      fail_if_header_not_matches: [{header: Content-Type, regexp: '^text/plain'}]
  other_metrics: {prober: http, http: {fail_if_body_not_matches_regexp: ['(?m)^threads_total ']}}
  no_jobs: {prober: http, http: {fail_if_body_matches_regexp: ['jobs_finished_total']}}
  login: {prober: http, http: {basic_auth: {username: scraper, password: foreign-secret}}}
)";

constexpr const char* kRules = R"(groups:
  - name: exposer
    interval: 1s
    rules:
      - {alert: QueueLong, expr: 'queue_depth{job="exposer"} > 10', labels: {severity: warning}}
      - {alert: ExporterDown, expr: 'health_check_state{check="exposer",state="down"} == 1'}
)";

/// The Exposer, health_exporter that probes it each second, and Prometheus that scrapes both each second.
class Stage {
 public:
  Stage() {
    dir_.write("modules.yml", kModules);
    health_ = std::make_unique<Process>(
        std::vector<std::string>{std::string(PICKET_BIN_DIR) + "/health_exporter", "--config.file",
                                 dir_.write("health.yml", health_config()), "--web.listen-address",
                                 "127.0.0.1:" + std::to_string(health_port_), "--storage.path", dir_.path()});
    const bool ready = wait_until(kPatience, kPause, [&] {
      return http_get(health_url("/-/ready")).status == 200 || !health_->running();
    });
    if (!ready || !health_->running()) give_up("health_exporter is not ready: " + health_->errors());
    prometheus_ = std::make_unique<PrometheusServer>(
        "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n" +
        job("exposer", exporter.target()) + job("health", "127.0.0.1:" + std::to_string(health_port_)) +
        "  - {job_name: private, metrics_path: /private, basic_auth: {username: scraper, password: "
        "foreign-secret}, "
        "static_configs: [{targets: ['" +
        exporter.target() + "']}]}\n");
  }

  std::string health_url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(health_port_) + path;
  }
  bool prometheus_says(const std::string& expression, double value) const {
    return wait_until(kPatience, kPause, [&] { return prometheus_->value(expression) == value; });
  }
  std::string prometheus_url() const { return prometheus_->url(); }
  HttpAnswer probe(const std::string& module, const std::string& target) const {
    return http_get(health_url("/probe?module=" + module + "&target=" + percent_encode(target)));
  }

  ForeignExporter exporter;

 private:
  static std::string job(const std::string& name, const std::string& target) {
    return "  - {job_name: " + name + ", static_configs: [{targets: ['" + target + "']}]}\n";
  }
  std::string health_config() const {
    const auto check = [&](const std::string& name, const std::string& path, const std::string& more) {
      return "  - {name: " + name +
             ", interval: 1s, timeout: 900ms, flapping: {changes: 0}, prober: {http: {url: '" +
             exporter.url(path) + "'" + more + "}}}\n";
    };
    return "probe_modules_file: modules.yml\n"
           "target_policy: {deny: [" +
           std::string(ForeignExporter::kOtherAddress) + "/32]}\nchecks:\n" +
           check("exposer", "/metrics", R"(, body_matches: ['(?m)^queue_depth\{queue="mail"\} '])") +
           check("other_metrics", "/metrics", ", body_matches: ['(?m)^threads_total ']") +
           check("login", "/private", ", basic_auth: {username: scraper, password: foreign-secret}") +
           check("stranger", "/private", "");
  }

  const TempDir dir_;
  const int health_port_ = free_port();
  std::unique_ptr<Process> health_;
  std::unique_ptr<PrometheusServer> prometheus_;
};

class Exposer : public testing::Test {
 protected:
  static Stage& stage() {
    static Stage stage;
    return stage;
  }
};

TEST_F(Exposer, IsScrapedBesideHealthExporter) {
  stage().exporter.finish_jobs(3);
  EXPECT_TRUE(stage().prometheus_says("up{job='exposer'}", 1));
  EXPECT_TRUE(stage().prometheus_says("up{job='private'}", 1));
  EXPECT_TRUE(
      stage().prometheus_says(R"(jobs_finished_total{job="exposer",queue="büro \"A\""} >= bool 3)", 1));
}

TEST_F(Exposer, IsProbedByWhatItsMetricsSay) {
  EXPECT_TRUE(stage().prometheus_says("health_check_state{check='exposer',state='operational'}", 1));
  EXPECT_TRUE(stage().prometheus_says("health_check_state{check='login',state='operational'}", 1));
  EXPECT_TRUE(stage().prometheus_says("health_check_state{check='other_metrics',state='down'}", 1));
  EXPECT_TRUE(stage().prometheus_says("health_check_state{check='stranger',state='down'}", 1));
}

TEST_F(Exposer, IsProbedOnDemandWithBlackboxModules) {
  const std::string target = stage().exporter.target() + "/metrics";
  const HttpAnswer good = stage().probe("metrics", target);
  EXPECT_NE(good.body.find("\nprobe_success 1\n"), std::string::npos) << good.body;
  EXPECT_NE(good.body.find("\nprobe_http_status_code 200\n"), std::string::npos) << good.body;
  for (const std::string module : {"other_metrics", "no_jobs"}) {
    const HttpAnswer bad = stage().probe(module, target);
    EXPECT_NE(bad.body.find("\nprobe_success 0\n"), std::string::npos) << module << bad.body;
    EXPECT_NE(bad.body.find("\nprobe_failed_due_to_regex 1\n"), std::string::npos) << module << bad.body;
  }
  const std::string locked = stage().exporter.target() + "/private";
  EXPECT_NE(stage().probe("login", locked).body.find("\nprobe_success 1\n"), std::string::npos);
  const HttpAnswer refused = stage().probe("metrics", locked);
  EXPECT_NE(refused.body.find("\nprobe_http_status_code 401\n"), std::string::npos) << refused.body;
}

// It listens on both addresses; health_exporter may connect to one of them.
TEST_F(Exposer, IsNotProbedWhereTheTargetPolicyDeniesIt) {
  const std::string denied = stage().exporter.target(ForeignExporter::kOtherAddress) + "/metrics";
  ASSERT_EQ(http_get("http://" + denied).status, 200);
  const HttpAnswer answer = stage().probe("metrics", denied);
  EXPECT_EQ(answer.body.find("\nprobe_success 1\n"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.body.find("\nprobe_http_status_code 200\n"), std::string::npos) << answer.body;
}

TEST_F(Exposer, IsReadByOurClient) {
  stage().exporter.finish_jobs(1);
  EventLoop loop;
  Resolver resolver(loop, {});
  CurlClient client(loop, resolver);
  OutboundRequest request;
  request.url = stage().exporter.url("/metrics");
  for (const bool decompress : {true, false}) {
    request.decompress = decompress;
    const ClientResponse got = client.exchange(request);
    ASSERT_EQ(got.response.status, 200) << got.error.message;
    EXPECT_NE(got.response.body.find("jobs_finished_total{queue=\"büro \\\"A\\\"\"} "), std::string::npos)
        << got.response.body;
  }
  request.url = stage().exporter.url("/private");
  EXPECT_EQ(client.exchange(request).response.status, 401);
  request.config.basic_auth = BasicAuth{ForeignExporter::kUser, Secret(ForeignExporter::kPassword)};
  EXPECT_EQ(client.exchange(request).response.status, 200);
  request.url = stage().exporter.url("/nothing");
  EXPECT_EQ(client.exchange(request).response.status, 404);
}

class NotifiedByAlertd : public Exposer {
 protected:
  NotifiedByAlertd() : alertd_({.files = {{"alertd.yml", config()}, {"rules.yml", kRules}}}) {
    stage().exporter.set_queue(0);
    alertd_.start();
  }
  void TearDown() override {
    if (HasFailure()) std::printf("%s\nalertd said:\n%s", hook_.summary().c_str(), alertd_.log().c_str());
    stage().exporter.set_queue(0);
  }
  std::string config() const {
    return "datasource: {url: '" + Exposer::stage().prometheus_url() +
           "'}\nglobal: {evaluation_interval: 1s}\nrule_files: [rules.yml]\n"
           "route: {receiver: civet, group_by: [alertname], group_wait: 1s, group_interval: 1s, "
           "repeat_interval: 1h}\n"
           "delivery: {initial_backoff: 100ms}\n"
           "receivers:\n  - name: civet\n    webhook_configs: [{url: '" +
           hook_.url() +
           "', send_resolved: true, http_config: {basic_auth: {username: alertd, password: hook-secret}}}]\n";
  }
  bool has(const std::string& alert, const std::string& status, std::size_t count = 1) const {
    return wait_until(kPatience, kPause, [&] { return hook_.calls(alert, status).size() >= count; });
  }

  CivetHook hook_;
  AlertdProcess alertd_;
};

TEST_F(NotifiedByAlertd, OfWhatTheMetricsOfTheExposerSay) {
  hook_.refuse_next();
  stage().exporter.set_queue(50);
  ASSERT_TRUE(has("QueueLong", "firing", 2));
  const std::vector<HookCall> calls = hook_.calls("QueueLong", "firing");
  EXPECT_EQ(calls[0].answered, 503);
  EXPECT_EQ(calls[1].answered, 200);
  EXPECT_FALSE(calls[0].id.empty());
  EXPECT_EQ(calls[0].id, calls[1].id) << "the second try is known by its key";
  EXPECT_EQ(calls[0].body, calls[1].body);
  EXPECT_TRUE(calls[1].content_type.starts_with("application/json")) << calls[1].content_type;
  const auto message = nlohmann::json::parse(calls[1].body);
  EXPECT_EQ(message["alerts"][0]["labels"]["queue"], "mail");
  stage().exporter.set_queue(1);
  ASSERT_TRUE(has("QueueLong", "resolved"));
  EXPECT_EQ(hook_.calls("QueueLong", "firing").size(), 2U) << "told once, and tried again once";
}

TEST_F(NotifiedByAlertd, WhenTheExposerDiesAndWhenItIsBack) {
  stage().exporter.stop();
  ASSERT_TRUE(has("ExporterDown", "firing"));
  stage().exporter.start();
  ASSERT_TRUE(has("ExporterDown", "resolved"));
  EXPECT_EQ(hook_.calls("ExporterDown", "firing").size(), 1U);
}

}  // namespace
}  // namespace picket::test
