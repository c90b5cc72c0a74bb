#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/http/router.h"
#include "base/time/timestamp.h"
#include "exporters/health/api/health_api.h"
#include "tests/health/service/fake_prober.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::health {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::failure;
using test::success;

constexpr const char* kConfig = R"(
groups: [{name: core, title: Core services}]
checks:
- {name: api, group: core, criticality: critical, interval: 15s, degraded_above: 100ms, recommendation: "Look at the log", prober: {fake: {target: api}}}
- {name: cache, group: core, interval: 15s, prober: {fake: {target: cache}}}
- {name: blog, criticality: minor, interval: 15s, prober: {fake: {target: blog}}}
heartbeats:
- {name: backup, criticality: minor, ttl: 1h, token: backup-token}
business: {checks: [api, cache]}
api: {token: api-token}
)";

class HealthApiTest : public ::testing::Test {
 protected:
  HealthApiTest()
      : probers_(test::fake_registry(&probes_)),
        history_(*sql::Dsn::parse(dir_.file("health.db")), {scheduler_, files_, log_, registry_, random_}),
        engine_(std::make_shared<Engine>(scheduler_, registry_, log_,
                                         [this](Event event) { history_.record(std::move(event)); })),
        api_(*engine_, history_, [this] { return unready_; }) {
    api_.add_routes(router_);
    for (const char* name : {"api", "cache", "blog"}) probes_.answer(name, success());
    configure(kConfig);
    history_.start(*engine_);
    engine_->start();
    scheduler_.advance(seconds(1));
  }
  void TearDown() override {
    engine_->stop();
    history_.stop();
  }

  void configure(const std::string& text) {
    auto config = parse_health_config(text, "health.yml", files_, probers_);
    ASSERT_TRUE(config) << config.error().message;
    engine_->apply(std::make_shared<const HealthConfig>(std::move(*config)), [](const CheckConfig& check) {
      return dynamic_cast<const test::FakeProberConfig&>(*check.prober).make_fake();
    });
  }
  Response send(Method method, const std::string& target, const std::string& body = "",
                const std::string& token = "") {
    Request request;
    request.method = method;
    request.target = *Target::parse(target);
    request.body = body;
    if (!token.empty()) request.headers.add("Authorization", "Bearer " + token);
    const Router::Match match = router_.match(method, request.target.path);
    if (match.route == nullptr) return Response::problem(404, "no route", match.allow);
    request.path_params = match.params;
    Response answer;
    match.route->handler(std::move(request), [&answer](Response r) { answer = std::move(r); });
    return answer;
  }
  Response get(const std::string& target) { return send(Method::Get, target); }
  void probe_again() { scheduler_.advance(seconds(15)); }

  picket::test::TempDir dir_;
  RealFiles files_;
  picket::test::ManualScheduler scheduler_;
  Logger log_{{}, scheduler_.clock(), [](std::string_view) {}};
  MetricRegistry registry_;
  SystemRandom random_;
  test::FakeProbes probes_;
  ProberRegistry probers_;
  HistoryRecorder history_;
  std::shared_ptr<Engine> engine_;
  std::string unready_;
  HealthApi api_;
  Router router_;
};

TEST_F(HealthApiTest, TellsThatItLivesAndIsReady) {
  EXPECT_EQ(get("/api/health/live").status, 200);
  EXPECT_EQ(get("/api/health/ready").status, 200);
  unready_ = "draining";
  const Response unready = get("/api/health/ready");
  EXPECT_EQ(unready.status, 503);
  EXPECT_EQ(json::parse(unready.body)["reason"], "draining");
}

TEST_F(HealthApiTest, DescribesEveryService) {
  const Response response = get("/api/health/detailed");
  EXPECT_EQ(response.status, 200);
  const json body = json::parse(response.body);
  EXPECT_EQ(body["status"], "healthy");
  EXPECT_EQ(body["summary"]["operational"], 3);
  EXPECT_EQ(body["summary"]["unknown"], 1);
  EXPECT_EQ(body["groups"][0],
            (json{{"name", "core"}, {"title", "Core services"}, {"state", "operational"}}));
  EXPECT_EQ(body["groups"][1], (json{{"name", "default"}, {"title", "default"}, {"state", "unknown"}}));
  ASSERT_EQ(body["services"].size(), 4U);
  const json& api = body["services"][0];
  EXPECT_EQ(api["name"], "api");
  EXPECT_EQ(api["group"], "core");
  EXPECT_EQ(api["state"], "operational");
  EXPECT_EQ(api["latency_ms"], 5.0);
  EXPECT_EQ(api["uptime"]["24h"], 1.0);
  EXPECT_EQ(api["last_error"], nullptr);
  EXPECT_EQ(api["recommendation"], nullptr);
  EXPECT_TRUE(parse_rfc3339(api["since"].get<std::string>()));
}

TEST_F(HealthApiTest, AnswersByTheWorstThatMatters) {
  probes_.answer("blog", failure());
  probe_again();
  EXPECT_EQ(json::parse(get("/api/health/detailed").body)["status"], "healthy");
  probes_.answer("cache", failure());
  probe_again();
  EXPECT_EQ(json::parse(get("/api/health/detailed").body)["status"], "degraded");
  EXPECT_EQ(get("/api/health/detailed").status, 200);
  EXPECT_EQ(get("/api/health/business").status, 503);
  probes_.answer("api", failure(FailureReason::Status, "status 503, want 200-299"));
  probe_again();
  const Response down = get("/api/health/detailed");
  EXPECT_EQ(down.status, 503);
  const json body = json::parse(down.body);
  EXPECT_EQ(body["status"], "down");
  EXPECT_EQ(body["services"][0]["last_error"]["reason"], "status");
  EXPECT_EQ(body["services"][0]["last_error"]["message"], "status 503, want 200-299");
  EXPECT_EQ(body["services"][0]["recommendation"], "Look at the log");
}

TEST_F(HealthApiTest, AnEndingCertificateIsToBeRenewed) {
  ProbeResult ending = success();
  ending.degraded = true;
  ending.reason = FailureReason::Cert;
  ending.detail = "the certificate ends in 3d";
  probes_.answer("cache", ending);
  probe_again();
  const json cache = json::parse(get("/api/health/detailed").body)["services"][1];
  EXPECT_EQ(cache["state"], "degraded");
  EXPECT_EQ(cache["last_error"]["reason"], "cert");
  EXPECT_NE(cache["recommendation"].get<std::string>().find("Renew"), std::string::npos);
}

TEST_F(HealthApiTest, BusinessHangsOnItsChecks) {
  EXPECT_EQ(get("/api/health/business").status, 200);
  probes_.answer("api", success(milliseconds(200)));
  probes_.answer("blog", failure());
  probe_again();
  const Response degraded = get("/api/health/business");
  EXPECT_EQ(degraded.status, 200);
  EXPECT_EQ(json::parse(degraded.body)["status"], "degraded");
  EXPECT_EQ(json::parse(degraded.body)["checks"].size(), 2U);
}

TEST_F(HealthApiTest, AServiceThatFlapsButWorksIsNotAnsweredWith503) {
  for (int i = 0; i < 6; ++i) {
    probes_.answer("api", i % 2 == 0 ? failure() : success());
    probe_again();
    const int wanted = i % 2 == 0 ? 503 : 200;
    EXPECT_EQ(get("/api/health/detailed").status, wanted) << i;
    EXPECT_EQ(get("/api/health/business").status, wanted) << i;
  }
  const json api = json::parse(get("/api/v1/health/services/api").body);
  EXPECT_EQ(api["flapping"], true);
  EXPECT_EQ(api["state"], "degraded");
  EXPECT_EQ(api["consecutive_failures"], 0);
}

TEST_F(HealthApiTest, SaysWhatToLookAtWhenAServiceFlaps) {
  for (int i = 0; i < 6; ++i) {
    probes_.answer("cache", i % 2 == 0 ? failure() : success());
    probe_again();
  }
  const json cache = json::parse(get("/api/v1/health/services/cache").body);
  EXPECT_TRUE(cache["recommendation"].get<std::string>().starts_with("The state changes too often:"));
}

TEST_F(HealthApiTest, ListsServicesByGroupAndState) {
  EXPECT_EQ(json::parse(get("/api/v1/health/services").body)["total"], 4);
  EXPECT_EQ(json::parse(get("/api/v1/health/services?group=core").body)["services"].size(), 2U);
  EXPECT_EQ(json::parse(get("/api/v1/health/services?state=unknown").body)["services"][0]["name"], "backup");
  EXPECT_EQ(get("/api/v1/health/services?state=broken").status, 400);
  const json one = json::parse(get("/api/v1/health/services/api").body);
  EXPECT_EQ(one["probes"], 1);
  EXPECT_EQ(one["interval_seconds"], 15.0);
  const Response missing = get("/api/v1/health/services/nope");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.headers.get("Content-Type"), "application/problem+json");
}

TEST_F(HealthApiTest, ShowsUptime) {
  const json body = json::parse(get("/api/v1/health/uptime").body);
  ASSERT_EQ(body["services"].size(), 4U);
  EXPECT_EQ(body["services"][0]["uptime"]["90d"], 1.0);
  EXPECT_EQ(body["services"][3]["uptime"]["1h"], nullptr);
  EXPECT_EQ(body["services"][3]["seconds_in_state"]["unknown"], 1.0);
}

TEST_F(HealthApiTest, TakesHeartbeatsWithAToken) {
  const std::string path = "/api/v1/health/services/backup";
  const std::string body = R"({"status":"degraded","message":"slow disk","ttl":"10m","latency_ms":12.5})";
  EXPECT_EQ(send(Method::Put, path, body).status, 401);
  EXPECT_EQ(send(Method::Put, path, body, "wrong").status, 401);
  EXPECT_EQ(send(Method::Put, path, body).headers.get("WWW-Authenticate"),
            "Bearer realm=\"health_exporter\"");
  const Response taken = send(Method::Put, path, body, "backup-token");
  EXPECT_EQ(taken.status, 200);
  EXPECT_EQ(json::parse(taken.body)["state"], "degraded");
  EXPECT_EQ(json::parse(taken.body)["latency_ms"], 12.5);
  EXPECT_EQ(json::parse(taken.body)["last_error"]["message"], "slow disk");
  EXPECT_EQ(send(Method::Put, path, R"({"status":"operational"})", "api-token").status, 200);
  scheduler_.advance(minutes(30));
  EXPECT_EQ(json::parse(get(path).body)["state"], "operational");
  EXPECT_EQ(send(Method::Put, "/api/v1/health/services/api", body, "backup-token").status, 401);
  EXPECT_EQ(send(Method::Put, "/api/v1/health/services/api", body, "api-token").status, 409);
  EXPECT_EQ(send(Method::Put, "/api/v1/health/services/nope", body, "api-token").status, 404);
}

TEST_F(HealthApiTest, RefusesBadHeartbeats) {
  for (const char* body :
       {"", "no json", "[]", "{}", R"({"status":"fine"})", R"({"status":"unknown"})", R"({"status":1})",
        R"({"status":"down","ttl":0})", R"({"status":"down","ttl":"soon"})", R"({"status":"down","ttl":-5})",
        R"({"status":"down","latency_ms":-1})", R"({"status":"down","latency_ms":1e308})",
        R"({"status":"down","latency_ms":1e400})", R"({"status":"down","latency_ms":86400001})",
        R"({"status":"down","latency_ms":"5"})", R"({"status":"down","ttl":1e308})",
        R"({"status":"down","ttl":"290y"})", R"({"status":"down","extra":1})"}) {
    EXPECT_EQ(send(Method::Put, "/api/v1/health/services/backup", body, "api-token").status, 400) << body;
  }
  const std::string deep(100'000, '[');
  EXPECT_EQ(send(Method::Put, "/api/v1/health/services/backup", deep, "api-token").status, 400);
}

TEST_F(HealthApiTest, WritesNothingWithoutAConfiguredToken) {
  configure("heartbeats: [{name: backup}]");
  const Response refused = send(Method::Put, "/api/v1/health/services/backup", R"({"status":"down"})", "");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(send(Method::Post, "/api/v1/health/events", R"({"message":"x"})", "").status, 403);
}

TEST_F(HealthApiTest, ShowsEventsNewestFirst) {
  probes_.answer("api", failure());
  probe_again();
  probes_.answer("api", success());
  probe_again();
  const json all = json::parse(get("/api/v1/health/events").body);
  ASSERT_EQ(all["events"].size(), 2U);
  EXPECT_EQ(all["events"][0]["to"], "operational");
  EXPECT_EQ(all["events"][1]["from"], "operational");
  EXPECT_EQ(all["events"][1]["kind"], "state");
  EXPECT_EQ(all["next_cursor"], nullptr);
  const json first = json::parse(get("/api/v1/health/events?limit=1").body);
  ASSERT_EQ(first["events"].size(), 1U);
  const json rest =
      json::parse(get("/api/v1/health/events?limit=1&cursor=" + first["next_cursor"].dump()).body);
  EXPECT_EQ(rest["events"][0]["id"], all["events"][1]["id"]);
  EXPECT_EQ(json::parse(get("/api/v1/health/events?state=down").body)["events"].size(), 1U);
  EXPECT_EQ(json::parse(get("/api/v1/health/events?check=cache").body)["events"].size(), 0U);
  for (const char* query :
       {"limit=0", "limit=1001", "limit=x", "state=x", "since=yesterday", "cursor=-1", "offset=-1"}) {
    EXPECT_EQ(get(std::string("/api/v1/health/events?") + query).status, 400) << query;
  }
}

TEST_F(HealthApiTest, TakesNotes) {
  const std::string path = "/api/v1/health/events";
  EXPECT_EQ(send(Method::Post, path, R"({"message":"deployed 1.2"})").status, 401);
  EXPECT_EQ(send(Method::Post, path, R"({"message":"x","check":"nope"})", "api-token").status, 404);
  EXPECT_EQ(send(Method::Post, path, R"({"check":"api"})", "api-token").status, 400);
  const Response made =
      send(Method::Post, path, R"({"message":"deployed 1.2","check":"api","source":"ci"})", "api-token");
  EXPECT_EQ(made.status, 201);
  const json events = json::parse(get(path).body);
  ASSERT_EQ(events["events"].size(), 1U);
  EXPECT_EQ(events["events"][0], json::parse(made.body));
  EXPECT_EQ(events["events"][0]["kind"], "note");
  EXPECT_EQ(events["events"][0]["reason"], "ci");
}

}  // namespace
}  // namespace picket::health
