#include <gmock/gmock.h>

#include "tests/security/formats/reader.h"

namespace picket::security::test {
namespace {

using testing::HasSubstr;

Reader apache(const std::string& log_format) {
  return Reader({.type = FormatType::Apache, .log_format = log_format});
}

TEST(ApacheFormat, ReadsTheNamedFormats) {
  const std::string common = R"(192.0.2.7 - alice [30/Nov/2026:14:17:11 +0000] "GET /a HTTP/1.1" 200 -)";
  const std::string combined = common + R"( "https://r.example/" "agent")";
  Reader reader = apache("common");
  EXPECT_EQ(reader.record(common).bytes_sent, 0U);
  EXPECT_TRUE(reader.record().has_bytes_sent);
  EXPECT_EQ(reader.problem(), "");
  Reader second = apache("combined");
  EXPECT_EQ(second.record(combined).user_agent, "agent");
  EXPECT_EQ(second.record().account, "alice");
  EXPECT_EQ(second.problem(), "");
  Reader third = apache("combinedio");
  const LogRecord& io = third.record(combined + " 300 500");
  EXPECT_EQ(third.problem(), "");
  EXPECT_EQ(io.bytes_received, 300U);
  EXPECT_EQ(io.bytes_sent, 500U);
  Reader fourth = apache("vhost_combined");
  EXPECT_EQ(fourth.record("shop.example:443 " + combined).referer, "https://r.example/");
  EXPECT_EQ(fourth.client(), "192.0.2.7");
  EXPECT_EQ(fourth.problem(), "");
}

TEST(ApacheFormat, ReadsALogFormatAsTheConfigurationWritesIt) {
  Reader reader = apache(
      R"(%a %{c}a %h %{%Y-%m-%dT%H:%M:%S%z}t %m \"%U\" \"%q\" %>s %B %D \"%{Host}i\" \"%{X-Id}o\" %% %!200,304{Accept}i)");
  const LogRecord& r = reader.record(
      R"(192.0.2.1 10.0.0.1 name.example 2026-11-30T15:17:11+0100 GET "/a b" "?c=d" 200 17 1234 "h.example" "-" % */*)");
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(reader.client(), "192.0.2.1");
  EXPECT_EQ(r.time, at("2026-11-30T14:17:11Z"));
  EXPECT_EQ(r.method, "GET");
  EXPECT_EQ(r.target, "/a b?c=d");
  EXPECT_EQ(r.status, 200);
  EXPECT_EQ(r.bytes_sent, 17U);
  EXPECT_EQ(r.host, "h.example");
}

TEST(ApacheFormat, ReadsFormsOfTime) {
  for (const auto& [form, text] : std::vector<std::pair<std::string, std::string>>{
           {"%{sec}t", "1796048231"},
           {"%{msec}t", "1796048231000"},
           {"%{usec}t", "1796048231000000"},
           {"%{begin:%d/%b/%Y:%H:%M:%S %z}t", "30/Nov/2026:14:17:11 +0000"},
           {"%t", "[30/Nov/2026:14:17:11 +0000]"}}) {
    Reader reader = apache("%h " + form + " %s");
    EXPECT_EQ(reader.record("192.0.2.1 " + text + " 200").time, at("2026-11-30T14:17:11Z")) << form;
    EXPECT_EQ(reader.problem(), "");
  }
  Reader other = apache("%h %{%A, at noon}t %s");
  EXPECT_EQ(other.record("192.0.2.1 Monday, at noon 200").status, 200);
  EXPECT_FALSE(other.record().time);
}

TEST(ApacheFormat, TakesNamesOfHostsForNoClient) {
  Reader reader = apache("common");
  EXPECT_EQ(reader.read(R"(pc.example - - [30/Nov/2026:14:17:11 +0000] "GET / HTTP/1.1" 200 1)"),
            ParseResult::Ok);
  EXPECT_FALSE(reader.record().client);
}

TEST(ApacheFormat, SaysWhereAFormatIsWrong) {
  const auto error = [](const std::string& f) {
    return error_of({.type = FormatType::Apache, .log_format = f});
  };
  EXPECT_THAT(error("%h %u%t"), HasSubstr("column 6: %t: nothing stands between"));
  EXPECT_THAT(error("%h %{Referer"), HasSubstr("column 4: the bracket of %{"));
  EXPECT_THAT(error("%h %"), HasSubstr("column 4: a % without"));
  EXPECT_THAT(error("%h %>"), HasSubstr("column 4: a % without"));
  EXPECT_THAT(error("%V %h %u %t"), HasSubstr("column 4: %h: texts of clients"));
}

}  // namespace
}  // namespace picket::security::test
