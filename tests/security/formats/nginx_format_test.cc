#include <gmock/gmock.h>

#include "tests/security/formats/reader.h"

namespace picket::security::test {
namespace {

using testing::HasSubstr;

constexpr const char* kLine =
    R"(192.0.2.7 - alice [30/Nov/2026:14:17:11 +0100] "GET /a?b=c HTTP/1.1" 404 153 "https://ref.example/" "curl/7.88")";

TEST(NginxFormat, ReadsCombined) {
  Reader reader = Reader::nginx();
  const LogRecord& r = reader.record(kLine);
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(r.kind, RecordKind::Request);
  EXPECT_EQ(reader.client(), "192.0.2.7");
  EXPECT_FALSE(r.client_is_claimed);
  EXPECT_EQ(r.time, at("2026-11-30T13:17:11Z"));
  EXPECT_EQ(r.method, "GET");
  EXPECT_EQ(r.target, "/a?b=c");
  EXPECT_EQ(r.status, 404);
  EXPECT_EQ(r.bytes_sent, 153U);
  EXPECT_TRUE(r.has_bytes_sent);
  EXPECT_FALSE(r.has_bytes_received);
  EXPECT_EQ(r.referer, "https://ref.example/");
  EXPECT_EQ(r.user_agent, "curl/7.88");
  EXPECT_EQ(r.account, "alice");
  EXPECT_EQ(r.count, 1U);
}

TEST(NginxFormat, ForgetsTheLineBefore) {
  Reader reader = Reader::nginx();
  reader.record(kLine);
  const LogRecord& r = reader.record(R"(::1 - - [30/Nov/2026:14:17:12 +0000] "-" 000 0 "-" "-")");
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(r.method, "");
  EXPECT_EQ(r.target, "");
  EXPECT_EQ(r.referer, "");
  EXPECT_EQ(r.user_agent, "");
  EXPECT_EQ(r.account, "");
  EXPECT_EQ(r.status, 0);
  EXPECT_EQ(r.time, at("2026-11-30T14:17:12Z"));
  EXPECT_EQ(reader.read(""), ParseResult::Ok);
  EXPECT_EQ(reader.record().kind, RecordKind::Other);
  EXPECT_FALSE(reader.record().client);
}

TEST(NginxFormat, ReadsAnyOrderOfVariables) {
  Reader reader = Reader::nginx(
      "$remote_addr|$msec|$status|${request_method}|$request_uri|$bytes_sent|$request_length|$http_x_y");
  const LogRecord& r = reader.record("2001:db8::1|1796048231.250|200|POST|/p a?q|512|99|what | ever");
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(r.time, at("2026-11-30T14:17:11.250Z"));
  EXPECT_EQ(r.status, 200);
  EXPECT_EQ(r.method, "POST");
  EXPECT_EQ(r.target, "/p a?q");
  EXPECT_EQ(r.bytes_sent, 512U);
  EXPECT_EQ(r.bytes_received, 99U);
  EXPECT_EQ(reader.client(), "2001:db8::1");
}

TEST(NginxFormat, PutsPathAndQueryTogether) {
  Reader reader = Reader::nginx("$remote_addr $request_method $uri$is_args$args $status");
  EXPECT_EQ(reader.record("192.0.2.1 GET /a?b=1 200").target, "/a?b=1");
  Reader apart = Reader::nginx("$remote_addr \"$uri\" \"$args\" $status");
  EXPECT_EQ(apart.record(R"(192.0.2.1 "/a" "b=1" 200)").target, "/a?b=1");
  EXPECT_EQ(apart.record(R"(192.0.2.1 "/a" "-" 200)").target, "/a");
}

TEST(NginxFormat, ReadsListsOfUpstreams) {
  Reader reader = Reader::nginx(
      "$remote_addr [$time_iso8601] \"$request\" $upstream_addr $status $upstream_response_time $request_time");
  const LogRecord& r = reader.record(
      R"(192.0.2.1 [2026-11-30T14:17:11+00:00] "GET / HTTP/2.0" 10.0.0.1:80, 10.0.0.2:80 : 10.0.0.3:80 502 0.001, 0.002 : 0.003 0.010)");
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(r.status, 502);
  EXPECT_EQ(r.time, at("2026-11-30T14:17:11Z"));
}

TEST(NginxFormat, LooksAtChosenFields) {
  Reader reader({.type = FormatType::Nginx,
                 .log_format = R"($remote_addr "$request" "$http_cookie" "$http_x_api")",
                 .fields = {{"api", "http_x_api"}, {"cookie", "$http_cookie"}}});
  const LogRecord& r = reader.record(R"(192.0.2.1 "GET / HTTP/1.1" "a=\x22b\x22" "\x00\xFFx")");
  ASSERT_EQ(r.fields.size(), 2U);
  EXPECT_EQ(r.fields[0].first, "api");
  EXPECT_EQ(r.fields[0].second, std::string_view("\0\xFFx", 3));
  EXPECT_EQ(r.fields[1].second, "a=\"b\"");
  EXPECT_EQ(reader.record(R"(192.0.2.1 "GET / HTTP/1.1" "-" "-")").fields.size(), 2U);
}

struct BadFormat {
  const char* format;
  const char* error;
};
class NginxFormatErrors : public testing::TestWithParam<BadFormat> {};

TEST_P(NginxFormatErrors, SayWhere) {
  EXPECT_THAT(error_of({.type = FormatType::Nginx, .log_format = GetParam().format}),
              HasSubstr(GetParam().error));
}
INSTANTIATE_TEST_SUITE_P(All, NginxFormatErrors,
                         testing::Values(BadFormat{"$remote_addr $status$request",
                                                   "column 21: $request: nothing stands between"},
                                         BadFormat{"$request ${status", "column 10: the bracket"},
                                         BadFormat{"$request $ $status", "column 10: a $ without"},
                                         BadFormat{"no variables", "no values"}, BadFormat{"", "no values"},
                                         BadFormat{"escape=perl $request", "column 8: escape is"},
                                         BadFormat{"$http_x $remote_addr $remote_user [$time_local]",
                                                   "column 9: $remote_addr: texts of"}));

TEST(NginxFormat, MissesNoFieldThatIsNamed) {
  EXPECT_THAT(error_of({.type = FormatType::Nginx, .client_field = "$http_x_forwarded_for"}),
              HasSubstr("client_field: the log_format has no"));
  EXPECT_THAT(error_of({.type = FormatType::Nginx, .fields = {{"x", "$http_x"}}}),
              HasSubstr("fields: the log_format has no"));
}

}  // namespace
}  // namespace picket::security::test
