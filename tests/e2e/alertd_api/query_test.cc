// Queries that go through alertd to its datasource: promtool and a plain client with a real Prometheus, and a
// datasource that is hostile, hung or overwhelmed.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/e2e/alertd_api/api_daemon.h"
#include "tests/support/peer_server.h"
#include "tests/support/program.h"
#include "tests/support/prometheus_server.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string datasource(const std::string& url, const std::string& more = "") {
  return "{url: \"" + url + "\"" + more + "}";
}

Finished promtool(const std::vector<std::string>& arguments) {
  std::vector<std::string> argv = {find_program("promtool", "prometheus"), "query"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return run_to_end({std::move(argv), {}, {}, {}});
}

PeerAnswer json_answer(const std::string& body, int status = 200) {
  return {.status = status, .body = body, .headers = {{"Content-Type", "application/json"}}};
}

const HttpHeaders kForm = {{"Content-Type", "application/x-www-form-urlencoded"}};

/// promtool with that for "URL".
Finished promtool_at(const std::string& url, std::vector<std::string> arguments) {
  std::ranges::replace(arguments, std::string("URL"), url);
  return promtool(arguments);
}

TEST(Query, PromtoolAndPrometheusAgreeThroughAlertd) {
  const PrometheusServer prometheus(
      "global: {scrape_interval: 1s}\nscrape_configs: [{job_name: self, static_configs: [{targets: "
      "[\"127.0.0.1:1\"]}]}]\n");
  ASSERT_TRUE(wait_until(seconds(30), milliseconds(50), [&] { return prometheus.value("up") == 0; }));
  const ApiDaemon alertd(datasource(prometheus.url()), {});
  const std::string now = prometheus.query("time()");
  const auto second = static_cast<std::int64_t>(json::parse(now)["data"]["result"][0].get<double>());
  const std::string at = std::to_string(second);
  const std::string later = std::to_string(second + 60);
  for (const std::vector<std::string>& question : std::vector<std::vector<std::string>>{
           {"instant", "--time=" + later, "URL", "up"},
           {"instant", "--time=" + later, "URL", "vector(1) + 0.5"},
           {"range", "--start=" + at, "--end=" + later, "--step=20s", "URL", "up"},
           {"series", "--match=up", "--start=" + at, "--end=" + later, "URL"},
           {"labels", "URL", "job"}}) {
    const Finished direct = promtool_at(prometheus.url(), question);
    const Finished through = promtool_at(alertd.url(), question);
    EXPECT_EQ(through.exit_code, 0) << question[0] << through.errors;
    EXPECT_EQ(through.output, direct.output) << question[0];
    EXPECT_NE(through.output, "") << question[0];
  }
  const Finished wrong = promtool({"instant", alertd.url(), "up("});
  EXPECT_NE(wrong.exit_code, 0);
  EXPECT_NE(wrong.errors.find("unclosed left parenthesis"), std::string::npos) << wrong.errors;
}

TEST(Query, TakesGetAndPostAsGrafanaSendsThem) {
  const PrometheusServer prometheus("global: {}\n");
  const ApiDaemon alertd(datasource(prometheus.url()), {});
  const std::string query = "vector(7)%20%2B%20vector%281%29";
  const HttpAnswer answers[] = {
      alertd.get("/api/v1/query?query=" + query + "&time=100"),
      http_post(alertd.url("/api/v1/query"), "query=vector%287%29+%2B+vector%281%29&time=100", kForm),
      http_post(alertd.url("/api/v1/query?time=100"), "query=" + query,
                {{"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"}}),
  };
  for (const HttpAnswer& answer : answers) {
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(json::parse(answer.body)["data"]["result"][0]["value"], json::parse("[100, \"8\"]"));
  }
  for (const char* path :
       {"/api/v1/labels", "/api/v1/label/__name__/values", "/api/v1/metadata", "/api/v1/series?match[]=up",
        "/api/v1/query_range?query=up&start=1&end=2&step=1"}) {
    const HttpAnswer answer = alertd.get(path);
    EXPECT_EQ(answer.status, 200) << path << answer.body;
    EXPECT_EQ(answer.body, http_get(prometheus.url(path)).body) << path;
  }
  EXPECT_EQ(alertd.get("/api/v1/query_range?query=up").status, 400);
  EXPECT_EQ(json::parse(alertd.get("/api/v1/query?query=up(").body)["errorType"], "bad_data");
  EXPECT_EQ(http_post(alertd.url("/api/v1/query"), "{}", {{"Content-Type", "application/json"}}).status, 400);
  EXPECT_EQ(http_post(alertd.url("/api/v1/query"), "query=%zz", kForm).status, 400);
  EXPECT_EQ(http_post(alertd.url("/api/v1/label/x/values"), "", kForm).status, 405);
}

TEST(Query, LetsNoHeaderThroughEitherWay) {
  const LocalPeer peer([](const PeerRequest&) {
    PeerAnswer answer = json_answer(R"({"status":"success","data":[]})");
    answer.headers.emplace("Set-Cookie", "session=secret");
    answer.headers.emplace("X-Scope-OrgID", "inner");
    answer.headers.emplace("Server", "internal-7");
    return answer;
  });
  const ApiDaemon alertd(
      datasource(peer.url("/tenant"),
                 ", basic_auth: {username: u, password: hidden}, headers: {X-Scope-OrgID: t1}"),
      {});
  const HttpAnswer answer = alertd.get(
      "/api/v1/label/a%3Fb%23..%20c/values?start=1&match%5B%5D=a%26b&match[]=c",
      {{"Cookie", "mine"}, {"X-Scope-OrgID", "t2"}, {"X-Forwarded-For", "192.0.2.1"}, {"X-Mine", "1"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"status":"success","data":[]})");
  for (const char* name : {"Set-Cookie", "X-Scope-OrgID"}) EXPECT_EQ(answer.header(name), "") << name;
  EXPECT_NE(answer.header("Server"), "internal-7");
  const std::vector<PeerRequest> requests = peer.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].path, "/tenant/api/v1/label/a%3Fb%23..%20c/values");
  EXPECT_EQ(requests[0].query, "start=1&match%5B%5D=a%26b&match%5B%5D=c");
  EXPECT_EQ(requests[0].header("X-Scope-OrgID"), "t1");
  EXPECT_EQ(requests[0].header("Authorization"), "Basic dTpoaWRkZW4=");
  for (const char* name : {"Cookie", "X-Forwarded-For", "X-Mine"})
    EXPECT_EQ(requests[0].header(name), "") << name;
}

TEST(Query, SaysWhatTheDatasourceSaysAndNothingOfHowItIsReached) {
  LocalPeer peer;
  const ApiDaemon alertd(datasource(peer.url(), ", basic_auth: {username: u, password: hidden}"), {});
  const struct {
    PeerAnswer given;
    int status;
    std::string type, body;
  } cases[] = {
      {json_answer(R"({"status":"error","errorType":"execution","error":"too many samples"})", 422), 422,
       "execution", "too many samples"},
      {json_answer(R"({"status":"error","errorType":"timeout","error":"slow"})", 503), 503, "timeout",
       "slow"},
      {json_answer(R"({"status":"error","errorType":"x","error":"bad password for u"})", 401), 503,
       "unavailable", "the datasource answers HTTP 401"},
      {{.status = 502, .body = "<html>proxy-17.internal", .headers = {{"Content-Type", "text/html"}}},
       503,
       "unavailable",
       "the datasource answers HTTP 502"},
      {{.status = 200, .body = "<script>", .headers = {{"Content-Type", "text/html"}}},
       503,
       "unavailable",
       "the datasource answers HTTP 200"},
      {json_answer("{\"status\":\"success\",\"data\":\"" + std::string(17 << 20, 'x') + "\"}"), 422,
       "execution", "the answer of the datasource is too large"},
  };
  for (const auto& row : cases) {
    peer.answer_with([&row](const PeerRequest&) { return row.given; });
    const HttpAnswer answer = alertd.get("/api/v1/query?query=up");
    EXPECT_EQ(answer.status, row.status);
    EXPECT_EQ(answer.header("Content-Type"), "application/json");
    const json body = json::parse(answer.body);
    EXPECT_EQ(body["errorType"], row.type);
    EXPECT_EQ(body["error"], row.body);
  }
  peer.stop();
  const HttpAnswer gone = alertd.get("/api/v1/query?query=up");
  EXPECT_EQ(gone.status, 503);
  EXPECT_EQ(gone.body.find(std::to_string(peer.port())), std::string::npos) << gone.body;
}

TEST(Query, AsksTheDatasourceThatAReloadNames) {
  const LocalPeer first([](const PeerRequest&) { return json_answer(R"({"from":"first"})"); });
  const LocalPeer second([](const PeerRequest&) { return json_answer(R"({"from":"second"})"); });
  ApiDaemon alertd(datasource(first.url()), {});
  EXPECT_EQ(alertd.get("/api/v1/query?query=up").body, R"({"from":"first"})");
  alertd.set_datasource(datasource(second.url()));
  EXPECT_EQ(alertd.get("/api/v1/query?query=up").body, R"({"from":"second"})");
  alertd.set_datasource(datasource(second.url(), ", forward_queries: false"));
  const HttpAnswer off = alertd.get("/api/v1/query?query=up");
  EXPECT_EQ(off.status, 404);
  EXPECT_EQ(json::parse(off.body)["errorType"], "not_found");
  EXPECT_EQ(second.count(), 1U);
}

/// A datasource that answers nothing until open().
class HungDatasource {
 public:
  ~HungDatasource() { open(); }
  void open() {
    if (!opened_.exchange(true)) gate_.set_value();
  }
  std::string url() const { return peer_.url(); }
  bool wait_for(std::size_t requests) const { return peer_.wait_for(requests); }
  int most_at_once() const { return most_; }

 private:
  PeerAnswer answer() {
    int most = most_;
    for (const int now = ++running_; now > most && !most_.compare_exchange_weak(most, now);) {
    }
    passed_.wait();
    --running_;
    return json_answer(R"({"status":"success","data":{"resultType":"vector","result":[]}})");
  }

  std::atomic<bool> opened_ = false;
  std::atomic<int> running_ = 0, most_ = 0;
  std::promise<void> gate_;
  const std::shared_future<void> passed_ = gate_.get_future().share();
  LocalPeer peer_{[this](const PeerRequest&) { return answer(); }};
};

TEST(Query, AHungDatasourceHoldsNoThreadAndEveryNumberIsBounded) {
  constexpr int kRunning = 16;
  constexpr int kWaiting = 64;
  constexpr int kTooMany = 20;
  HungDatasource hung;
  const ApiDaemon alertd(datasource(hung.url(), ", timeout: 1m"), {});
  std::atomic<int> refused = 0;
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> clients;
    clients.reserve(kRunning + kWaiting + kTooMany);
    for (int i = 0; i < kRunning + kWaiting + kTooMany; ++i) {
      clients.emplace_back([&] {
        const HttpAnswer answer =
            http_send({.url = alertd.url("/api/v1/query?query=up"), .timeout = seconds(60)});
        ++(answer.status == 200 ? answered : refused);
      });
    }
    EXPECT_TRUE(hung.wait_for(kRunning));
    EXPECT_TRUE(wait_until(seconds(30), [&] { return refused == kTooMany; })) << refused;
    EXPECT_EQ(alertd.get("/api/v1/rules").status, 200);
    EXPECT_EQ(alertd.get("/metrics").status, 200);
    EXPECT_EQ(answered, 0);
    hung.open();
  }
  EXPECT_EQ(answered, kRunning + kWaiting);
  EXPECT_EQ(refused, kTooMany);
  EXPECT_EQ(hung.most_at_once(), kRunning);
}

TEST(Query, GivesUpAfterTheTimeoutOfTheDatasource) {
  const HungDatasource hung;
  const ApiDaemon alertd(datasource(hung.url(), ", timeout: 100ms"), {});
  const HttpAnswer answer = alertd.get("/api/v1/query?query=up");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(json::parse(answer.body)["errorType"], "timeout");
}

TEST(Readiness, NeitherItNorAReloadWaitsForAQuery) {
  const TempDir dir;
  const std::string rules =
      dir.write("rules.yml", "groups: [{name: g, interval: 1s, rules: [{alert: A, expr: up == 0}]}]\n");
  HungDatasource hung;
  const ApiDaemon alertd(datasource(hung.url(), ", timeout: 1m"), {rules});
  ASSERT_TRUE(hung.wait_for(1));
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(http_send({.method = "POST", .url = alertd.url("/-/reload")}).status, 200) << i;
    ASSERT_EQ(alertd.get("/-/ready").body, "ready\n") << i;
    ASSERT_EQ(alertd.get("/api/v1/rules").status, 200) << i;
  }
  hung.open();
}

}  // namespace
}  // namespace picket::test
