#include "alertd/datasource/prometheus_engine.h"

#include <gtest/gtest.h>

#include <cmath>

#include "alertd/datasource/query_response.h"
#include "base/time/timestamp.h"
#include "tests/support/free_port.h"
#include "tests/support/peer_server.h"
#include "tests/support/prometheus_server.h"

namespace picket::alertd {
namespace {

using picket::test::LocalPeer;
using picket::test::PeerRequest;

const Timestamp kNow = from_unix_millis(1767614400123);

std::string vector_json(const std::string& result) {
  return R"({"status":"success","data":{"resultType":"vector","result":[)" + result + "]}}";
}

TEST(QueryResponse, ReadsVectorsWithEveryKindOfNumber) {
  const auto vector = parse_query_response(
      R"({"status":"success","warnings":["w1","w2"],"data":{"resultType":"vector","result":[)"
      R"({"metric":{"__name__":"up","job":"a\u00e9"},"value":[1767614400.123,"1.5"]},)"
      R"({"metric":{},"value":[1767614400,"NaN"]},)"
      R"({"metric":{"x":"1"},"value":[1,"+Inf"]},{"metric":{"x":"2"},"value":[1,"-Inf"]},)"
      R"({"metric":{"x":"3"},"histogram":[1,{"count":"3","sum":"1","buckets":[[0,"1","2","3"]]}]}],)"
      R"("stats":{"samples":{"a":[1,{"value":[1,"2"]}]}}},"infos":["i"],"isPartial":false})");
  ASSERT_TRUE(vector) << vector.error().message;
  ASSERT_EQ(vector->samples.size(), 4U);
  EXPECT_EQ(vector->samples[0].labels.to_string(), "{__name__=\"up\", job=\"a\xC3\xA9\"}");
  EXPECT_EQ(vector->samples[0].value, 1.5);
  EXPECT_EQ(vector->samples[0].time, kNow);
  EXPECT_TRUE(std::isnan(vector->samples[1].value));
  EXPECT_TRUE(vector->samples[1].labels.empty());
  EXPECT_EQ(vector->samples[2].value, INFINITY);
  EXPECT_EQ(vector->samples[3].value, -INFINITY);
  EXPECT_EQ(vector->histograms_skipped, 1U);
  EXPECT_EQ(vector->warnings, (std::vector<std::string>{"w1", "w2", "i"}));
}

TEST(QueryResponse, AVectorOfOneSampleIsOneSample) {
  const auto vector = parse_query_response(vector_json(R"({"metric":{"a":"b"},"value":[1,"2"]})"));
  ASSERT_TRUE(vector);
  EXPECT_EQ(vector->samples.size(), 1U);
}

TEST(QueryResponse, AScalarIsASampleWithoutLabels) {
  const auto vector = parse_query_response(
      R"({"status":"success","data":{"resultType":"scalar","result":[1767614400.123,"3"]}})");
  ASSERT_TRUE(vector) << vector.error().message;
  ASSERT_EQ(vector->samples.size(), 1U);
  EXPECT_EQ(vector->samples[0].value, 3);
  EXPECT_EQ(vector->samples[0].time, kNow);
}

TEST(QueryResponse, SaysWhyAnAnswerIsNotWhole) {
  struct Case {
    std::string fields, partial;
  };
  const std::string result = R"("data":{"resultType":"vector","result":[{"metric":{},"value":[1,"2"]}]})";
  const Case cases[] = {
      {result, ""},
      {R"("warnings":["PromQL warning: a", "PromQL info: b"],"infos":["c"],"isPartial":false,)" + result, ""},
      {R"("warnings":null,"error":"","isPartial":null,)" + result, ""},
      {R"("warnings":["PromQL info: b", "store 10.0.0.1 is away"],)" + result, "store 10.0.0.1 is away"},
      {R"("warnings":"store 10.0.0.1 is away",)" + result, "store 10.0.0.1 is away"},
      {R"("isPartial":true,)" + result, "isPartial is true"},
      {result + R"(,"isPartial":true)", "isPartial is true"},
      {R"("errorType":"internal","error":"one shard failed",)" + result, "one shard failed"},
      {R"("data":{"resultType":"vector","result":null})", "no result in the answer"},
      {R"("data":{"resultType":"vector"})", "no result in the answer"},
      {R"("data":{"resultType":"scalar","result":null})", "no result in the answer"},
  };
  for (const Case& c : cases) {
    const auto vector = parse_query_response(R"({"status":"success",)" + c.fields + "}");
    ASSERT_TRUE(vector) << c.fields << ": " << vector.error().message;
    EXPECT_EQ(vector->partial, c.partial) << c.fields;
    EXPECT_EQ(vector->samples.size(), c.partial == "no result in the answer" ? 0U : 1U) << c.fields;
  }
  for (const std::string_view none : {R"({"status":"success"})", R"({"status":"success","data":null})",
                                      R"({"status":"success","data":{"result":[]}})"}) {
    const auto vector = parse_query_response(none);
    ASSERT_FALSE(vector) << none;
    EXPECT_EQ(vector.error().kind, ErrorKind::Corrupt) << none;
  }
  const auto empty = parse_query_response(vector_json(R"({"metric":{},"value":null})"));
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().message, "a series has neither a value nor a histogram");
}

TEST(QueryResponse, RefusesWhatIsNoAnswer) {
  struct Case {
    std::string body;
    ErrorKind kind;
    std::string message;
  };
  const Case cases[] = {
      {"", ErrorKind::Corrupt, "not valid JSON"},
      {"<html>", ErrorKind::Corrupt, "not valid JSON"},
      {"{}", ErrorKind::Corrupt, "not an answer"},
      {"[]", ErrorKind::Corrupt, "not an answer"},
      {R"({"status":"success","data":{"resultType":"vector")", ErrorKind::Corrupt, "not valid JSON"},
      {std::string(1000, '['), ErrorKind::Corrupt, "nested too deeply"},
      {vector_json(R"({"metric":{},"value":[1,"x"]})"), ErrorKind::Corrupt, "not a number: x"},
      {vector_json(R"({"metric":{},"value":["1","2"]})"), ErrorKind::Corrupt, "a sample is not"},
      {R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"]]}]}})",
       ErrorKind::InvalidInput, "gives a matrix"},
      {R"({"status":"success","data":{"resultType":"string","result":[1,"abc"]}})", ErrorKind::InvalidInput,
       "gives a string"},
      {R"({"status":"error","errorType":"bad_data","error":"parse error"})", ErrorKind::InvalidInput,
       "parse error"},
      {R"({"status":"error","errorType":"timeout","error":"too slow"})", ErrorKind::Timeout, "too slow"},
  };
  for (const Case& c : cases) {
    const auto vector = parse_query_response(c.body);
    ASSERT_FALSE(vector) << c.body;
    EXPECT_EQ(vector.error().kind, c.kind) << c.body;
    EXPECT_NE(vector.error().message.find(c.message), std::string::npos)
        << c.body << ": " << vector.error().message;
  }
}

class PrometheusEngineTest : public testing::Test {
 protected:
  PrometheusEngine engine(DatasourceConfig config) { return {std::move(config), client_}; }

  EventLoop loop_;
  Resolver resolver_{loop_};
  CurlClient client_{loop_, resolver_};
};

TEST_F(PrometheusEngineTest, PostsTheQueryWithItsTimeAndCredentials) {
  const LocalPeer peer([](const PeerRequest&) {
    return picket::test::PeerAnswer{.body = vector_json(R"({"metric":{"a":"b"},"value":[1,"2"]})")};
  });
  DatasourceConfig config;
  config.url = peer.url("/prom");
  config.http.basic_auth = BasicAuth{"user", Secret("pass")};
  config.headers.set("X-Scope-OrgID", "team");
  config.timeout = std::chrono::seconds(7);
  PrometheusEngine prometheus = engine(config);
  const auto vector = prometheus.instant({.expr = "up{a=\"b&c\"} + 1"}, kNow);
  ASSERT_TRUE(vector) << vector.error().message;
  EXPECT_EQ(vector->samples.at(0).value, 2);
  const PeerRequest request = peer.requests().at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/prom/api/v1/query");
  EXPECT_EQ(request.form("query"), "up{a=\"b&c\"} + 1");
  EXPECT_EQ(request.form("time"), "1767614400.123");
  EXPECT_EQ(request.form("timeout"), "7s");
  EXPECT_EQ(request.header("Authorization"), "Basic dXNlcjpwYXNz");
  EXPECT_EQ(request.header("X-Scope-OrgID"), "team");
}

TEST_F(PrometheusEngineTest, SaysWhatWentWrong) {
  struct Case {
    picket::test::PeerAnswer answer;
    ErrorKind kind;
    std::string message;
  };
  const std::string bad = R"({"status":"error","errorType":"bad_data","error":"1:3: parse error"})";
  const std::string slow = R"({"status":"error","errorType":"timeout","error":"query timed out"})";
  const Case cases[] = {
      {{.status = 400, .body = bad},
       ErrorKind::InvalidInput,
       "query: 1:3: parse error (HTTP 400 Bad Request)"},
      {{.status = 422, .body = bad}, ErrorKind::InvalidInput, "1:3: parse error"},
      {{.status = 503, .body = slow}, ErrorKind::Timeout, "query timed out"},
      {{.status = 503, .body = "<html>busy</html>"},
       ErrorKind::Unavailable,
       "query: HTTP 503 Service Unavailable"},
      {{.status = 401, .body = "no"}, ErrorKind::Denied, "HTTP 401"},
      {{.status = 404, .body = "no"}, ErrorKind::NotFound, "HTTP 404"},
      {{.status = 200, .body = "<html>"}, ErrorKind::Corrupt, "not valid JSON"},
      {{.status = 200, .body = std::string(5000, ' ')}, ErrorKind::InvalidInput, ""},
  };
  LocalPeer peer;
  for (const Case& c : cases) {
    peer.answer_with([&](const PeerRequest&) { return c.answer; });
    DatasourceConfig config;
    config.url = peer.url();
    config.max_response = 4_KiB;
    const auto vector = engine(config).instant({.expr = "up"}, kNow);
    ASSERT_FALSE(vector) << c.message;
    EXPECT_EQ(vector.error().kind, c.kind) << vector.error().message;
    EXPECT_NE(vector.error().message.find(c.message), std::string::npos) << vector.error().message;
  }
  DatasourceConfig dead;
  dead.url = "http://127.0.0.1:" + std::to_string(picket::test::free_port());
  const auto vector = engine(dead).instant({.expr = "up"}, kNow);
  ASSERT_FALSE(vector);
  EXPECT_EQ(vector.error().kind, ErrorKind::Unavailable);
}

TEST_F(PrometheusEngineTest, AsksARealPrometheus) {
  const picket::test::PrometheusServer server("global: {scrape_interval: 1m}\nscrape_configs: []\n");
  DatasourceConfig config;
  config.url = server.url();
  PrometheusEngine prometheus = engine(config);
  const SystemClock clock;
  const auto labelled =
      prometheus.instant({.expr = "label_replace(vector(1/3), \"a\", \"b\", \"\", \"\")"}, clock.wall());
  ASSERT_TRUE(labelled) << labelled.error().message;
  ASSERT_EQ(labelled->samples.size(), 1U);
  EXPECT_EQ(labelled->samples[0].labels, Labels({{"a", "b"}}));
  EXPECT_EQ(labelled->samples[0].value, 1.0 / 3);
  const auto time = prometheus.instant({.expr = "time()"}, kNow);
  ASSERT_TRUE(time) << time.error().message;
  EXPECT_EQ(time->samples.at(0).value, 1767614400.123);
  const auto nothing = prometheus.instant({.expr = "up == 0"}, clock.wall());
  ASSERT_TRUE(nothing);
  EXPECT_TRUE(nothing->samples.empty());
  const auto wrong = prometheus.instant({.expr = "up ==="}, clock.wall());
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::InvalidInput);
  EXPECT_NE(wrong.error().message.find("parse error"), std::string::npos) << wrong.error().message;
}

TEST(DatasourceConfig, TakesHttpKeysBesideTheUrlOrUnderHttpConfig) {
  const RealFiles files;
  for (const std::string text :
       {"url: http://x:9090/\ntimeout: 5s\nbasic_auth: {username: u, password: p}\nheaders: {A: b}",
        "url: http://x:9090/\ntimeout: 5s\nhttp_config:\n  basic_auth: {username: u, password: p}\nheaders: "
        "{A: b}"}) {
    const auto config = parse_config<DatasourceConfig>(text, "alertd.yml", files);
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->url, "http://x:9090");
    EXPECT_EQ(config->graph_url(), "http://x:9090");
    EXPECT_EQ(config->timeout, std::chrono::seconds(5));
    EXPECT_EQ(config->http.basic_auth->username, "u");
    EXPECT_EQ(config->headers.get("a"), "b");
  }
  EXPECT_EQ(parse_config<DatasourceConfig>("url: http://x:9090\nexternal_url: https://p.example/prometheus/",
                                           "alertd.yml", files)
                ->graph_url(),
            "https://p.example/prometheus");
  const auto bad =
      parse_config<DatasourceConfig>("url: prom:9090\ntimeout: 0s\nurll: x", "alertd.yml", files);
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find("alertd.yml:1:6: url: must start with http"), std::string::npos)
      << bad.error().message;
  EXPECT_EQ(
      parse_config<DatasourceConfig>("partial_response_hold: 5m", "alertd.yml", files)->partial_response_hold,
      std::chrono::minutes(5));
  EXPECT_NE(bad.error().message.find("timeout: must be more than 0"), std::string::npos);
  EXPECT_NE(bad.error().message.find("unknown key \"urll\""), std::string::npos);
}

}  // namespace
}  // namespace picket::alertd
