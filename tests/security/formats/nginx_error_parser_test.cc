#include <gtest/gtest.h>

#include "tests/security/formats/reader.h"

namespace picket::security::test {
namespace {

constexpr const char* kHead = "2026/11/30 14:17:11 [error] 41#42: *7 ";

class NginxErrorLog : public testing::Test {
 protected:
  const LogRecord& say(const std::string& message) {
    const LogRecord& record = reader_.record(kHead + message);
    EXPECT_EQ(reader_.problem(), "");
    return record;
  }
  Reader reader_{{.type = FormatType::NginxError}};
};

TEST_F(NginxErrorLog, ReadsLimits) {
  const LogRecord& r = say(
      R"(limiting requests, excess: 0.984 by zone "login", client: 203.0.113.9, server: a.example, request: "GET /x?y HTTP/1.1", host: "a.example")");
  EXPECT_EQ(r.kind, RecordKind::RateLimit);
  EXPECT_EQ(r.limit, "login");
  EXPECT_EQ(reader_.client(), "203.0.113.9");
  EXPECT_TRUE(r.client_is_claimed);
  EXPECT_EQ(r.method, "GET");
  EXPECT_EQ(r.target, "/x?y");
  EXPECT_EQ(r.host, "a.example");
  EXPECT_EQ(r.time, at("2026-11-30T14:17:11Z"));
  EXPECT_EQ(
      say(R"(limiting connections by zone "perip", client: 203.0.113.9, server: , request: "GET / HTTP/1.1")")
          .limit,
      "perip");
  EXPECT_EQ(say(R"(delaying request, excess: 0.5, by zone "slow", client: 203.0.113.9, server: _)").limit,
            "slow");
  EXPECT_EQ(
      say(R"(access forbidden by rule, client: 203.0.113.9, server: _, request: "GET /x HTTP/1.1")").limit,
      "access_rule");
}

TEST_F(NginxErrorLog, ReadsPasswordsOfHttpBasic) {
  const LogRecord& r = say(
      R"(user "bob": password mismatch, client: 203.0.113.9, server: _, request: "GET / HTTP/1.1", host: "h")");
  EXPECT_EQ(r.kind, RecordKind::Login);
  EXPECT_EQ(r.failure, LoginFailure::BadPassword);
  EXPECT_EQ(r.account, "bob");
  EXPECT_EQ(reader_.client(), "203.0.113.9");
  EXPECT_EQ(say(R"(user "eve" was not found in "/etc/nginx/users", client: 203.0.113.9, server: _)").failure,
            LoginFailure::UnknownAccount);
}

TEST_F(NginxErrorLog, Fault26ANameThatPosesAsAClientHasNone) {
  say(R"(user "x": password mismatch, client: 198.51.100.1, server: _" was not found in "/f", client: 203.0.113.9, server: _, request: "GET / HTTP/1.1")");
  EXPECT_EQ(reader_.record().kind, RecordKind::Login);
  EXPECT_EQ(reader_.client(), "");
  say(R"(limiting requests, excess: 1.0 by zone "z", client: 203.0.113.9, server: _, request: "GET / HTTP/1.1", host: "h", referrer: "x, client: 198.51.100.1, ")");
  EXPECT_EQ(reader_.client(), "203.0.113.9");
}

TEST_F(NginxErrorLog, PassesOverTheRest) {
  EXPECT_EQ(say("open() \"/srv/x\" failed (2: No such file or directory), client: 203.0.113.9").kind,
            RecordKind::Other);
  EXPECT_EQ(reader_.read("2026/11/30 14:17:11 [notice] 1#1: signal process started"), ParseResult::Ok);
  EXPECT_EQ(reader_.read("2026/02/30 14:17:11 [error] 1#1: x"), ParseResult::Time);
  for (const char* line :
       {"2026/11/30 14:17:11", "2026/11/30 14:17:11 error 1#1: x", "2026/11/30 14:17:11 [error] x#1: x",
        "  trace of something", "2026/11/30 14:17:11 [error] 1: x"}) {
    EXPECT_EQ(reader_.read(line), ParseResult::Format) << line;
  }
}

}  // namespace
}  // namespace picket::security::test
