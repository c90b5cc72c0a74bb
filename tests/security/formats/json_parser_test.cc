#include <gmock/gmock.h>

#include "tests/security/formats/reader.h"

namespace picket::security::test {
namespace {

using testing::HasSubstr;

struct Shape {
  const char* name;
  const char* line;
};
class JsonShapes : public testing::TestWithParam<Shape> {};

// Each as its server writes it.
TEST_P(JsonShapes, AreRead) {
  Reader reader({.type = FormatType::Json});
  const LogRecord& r = reader.record(GetParam().line);
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(r.kind, RecordKind::Request);
  EXPECT_EQ(reader.client(), "203.0.113.9");
  EXPECT_EQ(r.time, at("2026-11-30T14:17:11Z"));
  EXPECT_EQ(r.method, "GET");
  EXPECT_EQ(r.target, "/a?b=\"c\"");
  EXPECT_EQ(r.status, 404);
  EXPECT_EQ(r.bytes_sent, 153U);
  EXPECT_EQ(r.user_agent, "curl/7.88");
  EXPECT_EQ(r.host, "h.example");
}
INSTANTIATE_TEST_SUITE_P(
    All, JsonShapes,
    testing::Values(
        Shape{
            "nginx",
            R"({"time_iso8601":"2026-11-30T14:17:11+00:00","remote_addr":"203.0.113.9","request":"GET /a?b=\"c\" HTTP/1.1","status":"404","body_bytes_sent":"153","http_user_agent":"curl/7.88","host":"h.example"})"},
        Shape{
            "caddy",
            R"({"level":"info","ts":1796048231.0,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"203.0.113.9","remote_port":"4711","client_ip":"203.0.113.9","proto":"HTTP/2.0","method":"GET","host":"h.example","uri":"/a?b=\"c\"","headers":{"User-Agent":["curl/7.88"]}},"bytes_read":0,"user_id":"","duration":0.001,"size":153,"status":404})"},
        Shape{
            "traefik",
            R"({"ClientAddr":"203.0.113.9:4711","ClientHost":"203.0.113.9","DownstreamContentSize":153,"DownstreamStatus":404,"RequestHost":"h.example","RequestMethod":"GET","RequestPath":"/a?b=\"c\"","StartUTC":"2026-11-30T14:17:11Z","level":"info","msg":"","request_User-Agent":"curl/7.88","time":"2026-11-30T14:17:11Z"})"},
        Shape{
            "ecs",
            R"({"@timestamp":"2026-11-30T14:17:11.000Z","source.ip":"203.0.113.9","http":{"request":{"method":"GET"},"response":{"status_code":404,"bytes":153}},"url":{"path":"/a","query":"b=\"c\"","domain":"h.example"},"user_agent":{"original":"curl/7.88"}})"}),
    [](const auto& row) { return std::string(row.param.name); });

// A client sends a header of its own, the proxy adds another: Caddy writes both as a list.
TEST(JsonLog, BelievesTheLastOfSeveralForwardedHeadersWhateverThePathSays) {
  for (const char* place : {"request.headers.X-Forwarded-For", "request.headers.X-Forwarded-For[0]"}) {
    Reader reader({.type = FormatType::Json,
                   .client_field = place,
                   .trusted_proxies = {Cidr::parse("10.0.0.0/8").value()}});
    const auto client = [&](const std::string& forwarded) {
      reader.record(R"({"request":{"remote_ip":"10.0.0.1","method":"GET","uri":"/","headers":)"
                    R"({"X-Forwarded-For":)" +
                    forwarded + R"(}},"status":200})");
      return reader.client();
    };
    EXPECT_EQ(client(R"(["8.8.4.4","203.0.113.9"])"), "203.0.113.9") << place;
    EXPECT_EQ(client(R"(["8.8.4.4","203.0.113.9, 10.1.1.1","10.2.2.2"])"), "203.0.113.9") << place;
    EXPECT_EQ(client(R"(["203.0.113.9"])"), "203.0.113.9") << place;
    EXPECT_EQ(client(R"(["8.8.4.4",7])"), "10.0.0.1") << place;  // what a proxy did not write is no client
    EXPECT_EQ(client("[]"), "10.0.0.1") << place;
    EXPECT_EQ(reader.problem(), "");
  }
}

TEST(JsonLog, LooksAtEveryElementOfAField) {
  Reader reader({.type = FormatType::Json, .fields = {{"cookie", "headers.Cookie"}}});
  const LogRecord& r =
      reader.record(R"({"request_uri":"/","status":200,"headers":{"Cookie":["a=b","c=<script>"]}})");
  ASSERT_EQ(r.fields.size(), 1U);
  EXPECT_EQ(r.fields[0].second, "a=b, c=<script>");
}

TEST(JsonLog, ReadsMembersThatAreNamed) {
  Reader reader({.type = FormatType::Json,
                 .client_field = "headers.X-Forwarded-For[0]",
                 .trusted_proxies = {Cidr::parse("10.0.0.0/8").value()},
                 .fields = {{"cookie", "headers.Cookie[0]"}, {"gone", "x.y"}},
                 .members = {{"target", "req.target"}, {"client", "peer"}, {"status", "codes[1]"}}});
  const LogRecord& r = reader.record(
      R"({"peer":"10.0.0.1","req":{"target":"/t"},"codes":[1,200],"headers":{"Cookie":["a=b"],"X-Forwarded-For":["1.1.1.1, 203.0.113.9"]}})");
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(r.target, "/t");
  EXPECT_EQ(r.status, 200);
  EXPECT_EQ(reader.client(), "203.0.113.9");
  ASSERT_EQ(r.fields.size(), 1U);
  EXPECT_EQ(r.fields[0].second, "a=b");
}

TEST(JsonLog, Fault21TakesBytesThatAreNotUtf8) {
  Reader reader({.type = FormatType::Json});
  const LogRecord& r = reader.record(
      "{\"remote_addr\":\"203.0.113.9\",\"request\":\"GET /\xFF\\u0000 HTTP/1.1\",\"status\":200}");
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(r.target, std::string_view("/\xEF\xBF\xBD\0", 5));
  EXPECT_EQ(reader.read(std::string("{\"a\":\0}", 7)), ParseResult::Binary);
}

TEST(JsonLog, RefusesWhatIsNotAnObject) {
  Reader reader({.type = FormatType::Json});
  for (const char* line : {"[]", "1", "{", "{\"a\":1}x", "{'a':1}", "[[[[[[[[[[[[[[[[[[[[[[["}) {
    EXPECT_EQ(reader.read(line), ParseResult::Format) << line;
  }
  EXPECT_EQ(reader.read(R"({"ts":-5,"status":200})"), ParseResult::Time);
  EXPECT_EQ(reader.read(R"({"ts":"yesterday","status":200})"), ParseResult::Time);
  EXPECT_EQ(reader.read(R"({"ts":1796048231,"msg":"started"})"), ParseResult::Ok);
  EXPECT_EQ(reader.record().kind, RecordKind::Other);
  EXPECT_EQ(reader.read(R"({"status":1e300,"size":-1,"request_uri":["/x"],"remote_addr":{"a":1}})"),
            ParseResult::Ok);
}

TEST(JsonLog, SaysWhichPathIsWrong) {
  EXPECT_THAT(error_of({.type = FormatType::Json, .members = {{"colour", "x"}}}),
              HasSubstr("members: records have no"));
  EXPECT_THAT(error_of({.type = FormatType::Json, .members = {{"status", "a[x]"}}}),
              HasSubstr("members: \"a[x]\""));
  EXPECT_THAT(error_of({.type = FormatType::Json, .fields = {{"x", "a..b"}}}), HasSubstr("fields: "));
  EXPECT_THAT(error_of({.type = FormatType::Json, .client_field = "[0]"}), HasSubstr("client_field: "));
}

}  // namespace
}  // namespace picket::security::test
