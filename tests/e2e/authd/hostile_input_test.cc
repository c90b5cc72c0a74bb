// What strangers type into every field of the API. The numbers are those of the tables in docs/security.md.
#include <gtest/gtest.h>

#include <chrono>
#include <sstream>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;

const std::string kHostileConfig = "trusted_proxies: [127.0.0.1/32]\n" + kRaisedLimits;

class AuthHostileInputTest : public ::testing::Test {
 protected:
  HttpAnswer login_with(const std::string& body, HttpHeaders headers = {}) const {
    headers.emplace("Content-Type", "application/json");
    return http_send({.method = "POST",
                      .url = daemon_.url("/api/v1/auth/login"),
                      .headers = std::move(headers),
                      .body = body,
                      .timeout = seconds(30)});
  }
  std::string owner() {
    daemon_.create_user("root", "owner", kPassword);
    json tokens = daemon_.login("root", kPassword);
    daemon_.enrol(tokens, kPassword);
    return tokens.at("access_token");
  }
  /// Without those that come by themselves some time after the start.
  int series() const {
    std::string exposition;  // a request shows after its answer
    const bool shows_itself = wait_until(std::chrono::seconds(10), std::chrono::milliseconds(20), [&] {
      exposition = http_get(daemon_.url("/metrics")).body;
      return exposition.find(R"(authd_http_request_duration_seconds_count{handler="metrics")") !=
             std::string::npos;
    });
    EXPECT_TRUE(shows_itself) << exposition;
    std::stringstream lines(exposition);
    int count = 0;
    for (std::string line; std::getline(lines, line);) {
      const bool is_late = line.starts_with("authd_sessions_active") || line.starts_with("authd_log_");
      if (!is_late && !line.starts_with('#')) ++count;
    }
    return count;
  }

  AuthDaemon daemon_{AuthDaemonOptions{.config = kHostileConfig}};
};

// Row 35: none is made, and one of an earlier version reaches apps as its id.
TEST_F(AuthHostileInputTest, NamesThatAreDotsOrMarkupReachNoApp) {
  const std::string root = owner();
  for (const char* name : {"..", ".", "<b>x</b>", "a/../b", "${x}", "a&b"}) {
    EXPECT_EQ(daemon_.post("/api/v1/users", {{"username", name}, {"email", "x@example.org"}}, root).status,
              400)
        << name;
    EXPECT_EQ(daemon_
                  .authctl({"user", "create", "--username", name, "--email", "x@example.org", "--role",
                            "user", "--invite"})
                  .exit_code,
              1)
        << name;
  }
  daemon_.create_user("alice", "user", kPassword);
  for (const char* name : {"..", "<b>x</b>"}) {
    const Finished renamed = run_to_end(
        {.argv = {"/usr/bin/python3", "-c",
                  ("import sqlite3, sys\nwith sqlite3.connect(sys.argv[1], timeout=10) as db: db.execute("
                   "'UPDATE users SET username = ?, username_key = ? WHERE email_key = ?', "
                   "(sys.argv[2], sys.argv[2], 'alice@example.org'))"),
                  daemon_.folder() + "/authd.db", name},
         .env = {},
         .cwd = {},
         .stdin_text = {}});
    ASSERT_EQ(renamed.exit_code, 0) << renamed.errors;
    const json tokens = daemon_.login("alice@example.org", kPassword);
    const HttpAnswer passed = daemon_.verify(tokens.at("access_token"), "https://app.example.org/");
    ASSERT_EQ(passed.status, 200) << passed.body;
    EXPECT_NE(passed.header("Remote-User-Id"), "");
    EXPECT_EQ(passed.header("Remote-User"), passed.header("Remote-User-Id")) << name;
  }
}

// Row 34: nothing is found, nothing breaks, nothing is gone.
TEST_F(AuthHostileInputTest, QuotesInEveryParameterAreText) {
  const std::string token = owner();
  const std::string hostile[] = {"'",
                                 "%27%20OR%201=1--",
                                 "x%27;DROP%20TABLE%20users;--",
                                 "%25",
                                 "_",
                                 "%22",
                                 "1)%20UNION%20SELECT%20password_hash%20FROM%20users--",
                                 "%5C"};
  const std::string places[] = {"/api/v1/users?role=",
                                "/api/v1/users?status=",
                                "/api/v1/users?after=",
                                "/api/v1/users?limit=",
                                "/api/v1/users/",
                                "/api/v1/auth/sessions?user=",
                                "/api/v1/api-keys?user=",
                                "/api/v1/audit?action=",
                                "/api/v1/audit?user=",
                                "/api/v1/audit?ip=",
                                "/api/v1/audit?before=",
                                "/api/v1/audit?from=",
                                "/api/v1/ratelimit/global/",
                                "/api/v1/users?sort=username&x="};
  for (const std::string& place : places) {
    for (const std::string& text : hostile) {
      const HttpAnswer answer = daemon_.get(place + text, token);
      EXPECT_GE(answer.status, 200) << place << text;
      EXPECT_LT(answer.status, 500) << place << text << answer.body;
      EXPECT_EQ(answer.body.find("$argon2id$"), std::string::npos) << place << text;
    }
  }
  for (const std::string field : {"action", "user", "ip", "resource", "result"}) {
    const HttpAnswer wild = daemon_.get("/api/v1/audit?" + field + "=%25", token);
    EXPECT_TRUE(json::parse(wild.body).at("events").empty()) << field << ": % is a letter like any other";
  }
  for (const char* name : {"' OR 1=1--", "root'--", "root\" OR \"\"=\"", "%", "r__t"})
    EXPECT_EQ(login_with(json{{"username", name}, {"password", kPassword}}.dump()).status, 401) << name;
  EXPECT_EQ(json::parse(daemon_.get("/api/v1/users", token).body).at("users").size(), 1U);
}

// Row 35.
TEST_F(AuthHostileInputTest, ControlCharactersReachNoHeaderNoMailAndNoLog) {
  const std::string token = owner();
  const std::string names[] = {"a\\u0000b", "a\\r\\nSet-Cookie: x=y", "a\\u2028level=error forged",
                               "\\u202eadmin"};
  for (const std::string& name : names) {
    const HttpAnswer in = login_with(R"({"username":")" + name + R"(","password":"x"})",
                                     {{"User-Agent", "Mozilla\t\xe2\x80\xa8 level=error forged"}});
    EXPECT_TRUE(in.status == 401 || in.status == 400) << name << in.body;
    EXPECT_EQ(in.header("Set-Cookie"), "") << name;
    const HttpAnswer made =
        http_send({.method = "POST",
                   .url = daemon_.url("/api/v1/users"),
                   .headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + token}},
                   .body = R"({"username":")" + name + R"(","email":"x@example.org"})"});
    EXPECT_EQ(made.status, 400) << name << made.body;
    const HttpAnswer mail =
        http_send({.method = "PATCH",
                   .url = daemon_.url("/api/v1/users/me"),
                   .headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + token}},
                   .body = R"({"email":"x@example.org\r\nBcc: )" + name + R"("})"});
    EXPECT_EQ(mail.status, 400) << name << mail.body;
    const HttpAnswer page = http_get(daemon_.url("/auth/login?rd=/x%0d%0aSet-Cookie:%20x=y"));
    EXPECT_EQ(page.header("Set-Cookie"), "");
  }
  EXPECT_EQ(daemon_.log().find("\nlevel=error"), std::string::npos);
  std::stringstream exported(daemon_.authctl({"audit", "export"}).output);
  int events = 0;
  for (std::string line; std::getline(exported, line); ++events)
    EXPECT_TRUE(json::accept(line) && line.find('\r') == std::string::npos) << line;
  EXPECT_GE(events, 4);
  EXPECT_EQ(daemon_.authctl({"audit", "verify"}).exit_code, 0);
}

TEST_F(AuthHostileInputTest, AUserAgentThatIsNoTextStopsNeitherTheLoginNorTheListOfSessions) {
  daemon_.create_user("alice", "user", kPassword);
  const std::string body = json{{"username", "alice"}, {"password", kPassword}}.dump();
  for (const std::string& agent :
       {std::string("\xff\xfe"), std::string(255, 'x') + "\u00e9", std::string("\xc3(")}) {
    const HttpAnswer in = login_with(body, {{"User-Agent", agent}});
    ASSERT_EQ(in.status, 200) << in.body;
    const std::string token = json::parse(in.body).at("access_token");
    const HttpAnswer sessions = daemon_.get("/api/v1/auth/sessions", token);
    EXPECT_EQ(sessions.status, 200) << sessions.body;
    EXPECT_TRUE(json::accept(sessions.body)) << sessions.body;
  }
}

// Rows 9 and 37: refused by its size, and others are served meanwhile.
TEST_F(AuthHostileInputTest, WhatIsTooLargeIsRefusedUnread) {
  daemon_.create_user("alice", "user", kPassword);
  const auto me = [&](const HttpHeaders& headers) {
    return http_get(daemon_.url("/api/v1/auth/me"), headers).status;
  };
  EXPECT_EQ(me({{"X-Long", std::string(std::size_t{64} * 1024, 'x')}}), 431);
  const int long_token = me({{"Authorization", "Bearer " + std::string(9000, 'x')}});
  EXPECT_TRUE(long_token == 401 || long_token == 431) << long_token;
  std::string cookies = "a=b";
  for (int i = 0; i < 100; ++i) cookies += "; c" + std::to_string(i) + "=v";
  EXPECT_EQ(me({{"Cookie", cookies}}), 401);
  const HttpAnswer huge = login_with(std::string(std::size_t{10} * 1024 * 1024, ' '));
  EXPECT_TRUE(huge.status == 413 || huge.status == 0) << huge.status;
  const double hashes = daemon_.metric("authd_kdf_duration_seconds_count");
  for (const std::size_t size : {std::size_t{1025}, std::size_t{1} << 20U}) {
    const int status =
        login_with(json{{"username", "alice"}, {"password", std::string(size, 'x')}}.dump()).status;
    EXPECT_TRUE(status == 400 || status == 401 || status == 413) << size << ": " << status;
  }
  EXPECT_EQ(daemon_.metric("authd_kdf_duration_seconds_count"), hashes) << "no hash for it";
  daemon_.login("alice", kPassword);
}

// Row 39.
TEST_F(AuthHostileInputTest, JsonThatIsBuiltToHurtIsRefused) {
  std::string keys = "{";
  for (int i = 0; i < 20'000; ++i) keys += "\"k" + std::to_string(i) + "\":0,";
  const std::string bodies[] = {std::string(50'000, '[') + std::string(50'000, ']'),
                                R"({"username":{"a":{"b":{}}},"password":"x"})",
                                keys + R"("username":"a","password":"b"})",
                                R"({"username":"a","password":1e999999})",
                                R"({"username":"a","password":-0})",
                                "{\"username\":\"a\xff\",\"password\":\"b\"}",
                                R"({"username":"\ud800","password":"b"})",
                                "\xef\xbb\xbf{\"username\":\"a\",\"password\":\"b\"}",
                                R"({"username":"a","password":"b"} {})",
                                R"({"username":"a","password":"b",})",
                                R"({"username":"a",/**/"password":"b"})",
                                "[]",
                                "null"};
  for (const std::string& body : bodies) {
    const int status = login_with(body).status;
    EXPECT_TRUE(status == 400 || status == 413) << status << body.substr(0, 80);
  }
  EXPECT_EQ(http_get(daemon_.url("/-/healthy")).status, 200);
}

// Row 55.
TEST_F(AuthHostileInputTest, NoPathLeadsToAFile) {
  for (const char* path :
       {"/../etc/passwd", "/auth/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/auth/..%2f..%2fetc/passwd",
        "/auth/..%5c..%5cetc/passwd", "/static/../authd.yml", "/authd.yml", "/secrets/sealing.keys",
        "/auth/%252e%252e/authd.yml", "//etc/passwd"}) {
    const HttpAnswer answer = http_get(daemon_.url(path));
    EXPECT_TRUE(answer.status == 404 || answer.status == 400) << path << answer.status;
  }
}

// Row 56.
TEST_F(AuthHostileInputTest, StrangersMakeNoSeries) {
  const auto round = [&](int number) {
    const std::string text = "hostile" + std::to_string(number);
    const std::string address = "198.51." + std::to_string(number % 200) + ".7";
    login_with(json{{"username", text}, {"password", "x"}}.dump(), {{"X-Forwarded-For", address}});
    http_get(daemon_.url("/" + text));
    daemon_.get("/api/v1/users/" + text, text);
    daemon_.verify("", "https://" + text + ".example.org/" + text);
    daemon_.verify("", "https://a.example.org/%2e%2e/" + text);
    daemon_.verify("", "https://a.example.org/?q=%27%20OR%201=1--" + text);
  };
  round(0);
  const int before = series();
  for (int i = 1; i <= 30; ++i) round(i);
  EXPECT_EQ(series(), before);
  EXPECT_EQ(http_get(daemon_.url("/metrics")).body.find("hostile"), std::string::npos);
}

}  // namespace
}  // namespace picket::test
