// Attacks on authd as a program. The numbers are those of the tables in docs/security.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/time/clock.h"
#include "base/time/timestamp.h"
#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kOrigin = "https://auth.example.org";

/// As behind a proxy on this machine, with limits that do not answer before the part under test.
const std::string kConfig =
    "public_url: https://auth.example.org\n"
    "trusted_proxies: [127.0.0.1/32]\n" +
    kRaisedLimits;

class AuthAttacksTest : public ::testing::Test {
 protected:
  /// A browser that is logged in.
  struct Browser {
    std::string cookie;  ///< "name=value"
    std::string csrf;
    HttpAnswer answer;
  };

  HttpAnswer login(const json& body, HttpHeaders headers = {}) const {
    headers.emplace("Content-Type", "application/json");
    return http_send({.method = "POST",
                      .url = daemon_.url("/api/v1/auth/login"),
                      .headers = std::move(headers),
                      .body = body.dump(-1, ' ', false, json::error_handler_t::replace),
                      .timeout = seconds(30)});
  }
  int attempt_from(const std::string& address, const std::string& name, const std::string& password) const {
    return login({{"username", name}, {"password", password}}, {{"X-Forwarded-For", address}}).status;
  }
  Browser browse(const std::string& name, HttpHeaders headers = {}) const {
    headers.emplace("Origin", kOrigin);
    const HttpAnswer in = login({{"username", name}, {"password", kPassword}, {"mode", "cookie"}}, headers);
    EXPECT_EQ(in.status, 200) << in.body;
    const std::string field = in.header("Set-Cookie");
    return {.cookie = field.substr(0, field.find(';')),
            .csrf = json::parse(in.body).value("csrf_token", ""),
            .answer = in};
  }
  std::string id_of(const std::string& token) const {
    return json::parse(daemon_.get("/api/v1/auth/me", token).body).at("id");
  }
  std::string token_of(const std::string& name) const {
    return daemon_.login(name, kPassword).at("access_token");
  }
  /// The access token of an owner or administrator with both factors.
  std::string whole_token_of(const std::string& name) const {
    json tokens = daemon_.login(name, kPassword);
    daemon_.enrol(tokens, kPassword);
    return tokens.at("access_token");
  }

  AuthDaemon daemon_{AuthDaemonOptions{.config = kConfig}};
};

// Line 44.
TEST_F(AuthAttacksTest, ACookieLoginGivesAHostCookieAndNoTokens) {
  daemon_.create_user("alice", "user", kPassword);
  const HttpAnswer in = browse("alice").answer;
  const json body = json::parse(in.body);
  EXPECT_FALSE(body.contains("access_token"));
  EXPECT_FALSE(body.contains("refresh_token"));
  EXPECT_EQ(in.header("Cache-Control"), "no-store");
  const std::string field = in.header("Set-Cookie");
  EXPECT_TRUE(field.starts_with("__Host-picket_session=")) << field;
  for (const char* attribute : {"; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"})
    EXPECT_NE(field.find(attribute), std::string::npos) << field;
  EXPECT_EQ(field.find("Domain"), std::string::npos) << field;
}

// Row 32, line 45: 404 is the answer of the action itself, which another site never reaches.
TEST_F(AuthAttacksTest, AnotherSiteChangesNothingWithOurCookie) {
  daemon_.create_user("alice", "user", kPassword);
  daemon_.create_user("mallory", "user", kPassword);
  const Browser alice = browse("alice");
  const Browser mallory = browse("mallory");
  const HttpHeaders ours{{"Cookie", alice.cookie}, {"Origin", kOrigin}, {"X-CSRF-Token", alice.csrf}};
  const auto with = [&](const std::string& name, const std::string& value) {
    HttpHeaders headers = ours;
    headers.erase(name);
    if (!value.empty()) headers.emplace(name, value);
    return headers;
  };
  HttpHeaders tossed = with("Cookie", mallory.cookie + "; " + alice.cookie);
  HttpHeaders framed = with("Origin", "");
  framed.emplace("Sec-Fetch-Site", "cross-site");
  const struct {
    const char* what;
    HttpHeaders headers;
    int status;
  } rows[] = {{"ours", ours, 404},
              {"no origin", with("Origin", ""), 403},
              {"Origin: null", with("Origin", "null"), 403},
              {"another site", with("Origin", "https://evil.example"), 403},
              {"a sibling", with("Origin", "https://app.example.org"), 403},
              {"Sec-Fetch-Site: cross-site", framed, 403},
              {"no CSRF token", with("X-CSRF-Token", ""), 403},
              {"a made up CSRF token", with("X-CSRF-Token", "AAAA"), 403},
              {"another's CSRF token", with("X-CSRF-Token", mallory.csrf), 403},
              {"the cookie as CSRF token", with("X-CSRF-Token", alice.cookie), 403},
              {"a cookie tossed beside ours", tossed, 401}};
  for (const auto& row : rows) {
    const HttpAnswer answer = http_send(
        {.method = "DELETE", .url = daemon_.url("/api/v1/auth/devices/none"), .headers = row.headers});
    EXPECT_EQ(answer.status, row.status) << row.what << answer.body;
  }
  EXPECT_EQ(http_get(daemon_.url("/api/v1/auth/me"), {{"Cookie", alice.cookie}}).status, 200);
}

// Row 32: a victim who is logged in as the attacker.
TEST_F(AuthAttacksTest, AnotherSiteLogsNobodyIn) {
  daemon_.create_user("mallory", "user", kPassword);
  const json body{{"username", "mallory"}, {"password", kPassword}, {"mode", "cookie"}};
  for (const char* origin : {"https://evil.example", "null", "https://app.example.org"}) {
    const HttpAnswer answer = login(body, {{"Origin", origin}});
    EXPECT_EQ(answer.status, 403) << origin;
    EXPECT_EQ(answer.header("Set-Cookie"), "") << origin;
  }
  EXPECT_EQ(login(body).status, 403) << "no origin";
  const HttpAnswer as_text = http_send({.method = "POST",
                                        .url = daemon_.url("/api/v1/auth/login"),
                                        .headers = {{"Content-Type", "text/plain"}, {"Origin", kOrigin}},
                                        .body = body.dump()});
  EXPECT_EQ(as_text.status, 400) << "what a form of another site can send";
}

// Row 33, line 29.
TEST_F(AuthAttacksTest, NoSessionIsTakenOverFromBefore) {
  daemon_.create_user("mallory", "user", kPassword);
  daemon_.create_user("root", "owner", kPassword);
  const Browser planted = browse("mallory");
  const Browser root = browse("root", {{"Cookie", planted.cookie}});
  EXPECT_NE(root.cookie, planted.cookie);
  const auto name_behind = [&](const std::string& cookie) {
    return json::parse(http_get(daemon_.url("/api/v1/auth/me"), {{"Cookie", cookie}}).body)
        .value("username", "");
  };
  EXPECT_EQ(name_behind(planted.cookie), "") << "it ended with the login";
  EXPECT_EQ(name_behind(root.cookie), "root");

  json tokens = daemon_.login("root", kPassword);
  const std::string half = tokens.at("access_token");
  daemon_.enrol(tokens, kPassword);
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", tokens.at("access_token")).status, 200);
  EXPECT_TRUE(wait_until(seconds(1), [&] { return daemon_.get("/api/v1/auth/me", half).status == 401; }));
  EXPECT_EQ(name_behind(root.cookie), "") << "the half login of before";
}

// Line 10, row 31.
TEST_F(AuthAttacksTest, WhoIsLockedIsLockedOnEveryWayIn) {
  daemon_.create_user("alice", "user", kPassword);
  const std::string access = token_of("alice");
  for (int i = 0; i < 5; ++i) attempt_from("127.0.0.1", "alice", kOther);
  EXPECT_EQ(attempt_from("127.0.0.1", "alice", kPassword), 401);
  EXPECT_EQ(login({{"username", "alice"}, {"password", kPassword}, {"mode", "cookie"}}, {{"Origin", kOrigin}})
                .status,
            401);
  const json change{{"current_password", kPassword}, {"new_password", kOther}};
  EXPECT_EQ(daemon_.post("/api/v1/auth/password", change, access).status, 403);
  const json set_up{{"method", "totp"}, {"password", kPassword}};
  EXPECT_EQ(daemon_.post("/api/v1/auth/2fa/setup", set_up, access).status, 403);
  const HttpAnswer basic =
      http_send({.url = daemon_.url("/api/v1/auth/me"), .user = "alice", .password = kPassword});
  EXPECT_EQ(basic.status, 401) << "there is no login by Basic";
  EXPECT_EQ(attempt_from("203.0.113.9", "alice", kPassword), 200) << "from elsewhere she gets in";
}

// Line 12, row 18: whoever answers before the hash is twenty times as fast. The fastest of several counts:
// what else runs on this machine only makes them slower.
TEST_F(AuthAttacksTest, AnUnknownNameTakesAsLongAsAWrongPassword) {
  daemon_.create_user("alice", "user", kPassword);
  const auto took = [&](const std::string& name, int number) {
    const HttpAnswer answer = login({{"username", name}, {"password", kOther}},
                                    {{"X-Forwarded-For", "198.51.100." + std::to_string(number)}});
    EXPECT_EQ(answer.status, 401);
    return answer.took;
  };
  std::chrono::milliseconds wrong = seconds(30), unknown = seconds(30);
  for (int i = 0; i < 15; ++i) {
    wrong = std::min(wrong, took("alice", i));
    unknown = std::min(unknown, took("nobody", i));
  }
  EXPECT_GT(wrong.count(), 3) << "a hash takes time";
  EXPECT_LT(unknown, wrong * 3);
  EXPECT_GT(unknown * 3, wrong);
}

// Line 23: only this machine's clock says which code is good.
TEST_F(AuthAttacksTest, NoTimeThatAClientSendsMovesACode) {
  daemon_.create_user("alice", "user", kPassword);
  HttpHeaders login_fields;
  const auto ask = [&](const std::string& step, const json& body, WallTime said) {
    HttpHeaders fields = login_fields;
    for (const char* name : {"Date", "X-Date", "X-Timestamp", "If-Unmodified-Since"})
      fields.emplace(name, format_http_date(said));
    return http_post(daemon_.url("/api/v1/auth/2fa/" + step), body.dump(), fields);
  };
  const WallTime now = SystemClock().wall();
  login_fields.emplace("Authorization", "Bearer " + token_of("alice"));
  const std::string secret = json::parse(ask("setup", {{"password", kPassword}}, now).body).at("secret");
  EXPECT_EQ(ask("verify", {{"code", app_code(secret, -20)}}, now - seconds(600)).status, 403);
  EXPECT_EQ(ask("verify", {{"code", app_code(secret)}, {"time", 0}}, now).status, 400);
  const HttpAnswer set = ask("verify", {{"code", app_code(secret)}}, now - seconds(86'400));
  EXPECT_EQ(set.status, 200) << set.body;

  login_fields.clear();
  for (const int steps : {-20, 20}) {
    const json required = daemon_.login("alice", kPassword);
    const json answer{
        {"challenge", required.at("challenge")}, {"method", "totp"}, {"code", app_code(secret, steps)}};
    EXPECT_EQ(ask("complete", answer, now + steps * seconds(30)).status, 401) << steps;
    for (const char* member : {"time", "timestamp", "date", "step"}) {
      json timed = answer;
      timed[member] = 1;
      EXPECT_EQ(ask("complete", timed, now).status, 400) << member;
    }
  }
  const std::string metrics = http_get(daemon_.url("/metrics")).body;
  EXPECT_NE(metrics.find("authd_clock_jumps_total{direction=\"forward\"} "), std::string::npos);
}

// Row 24, line 48.
TEST_F(AuthAttacksTest, OnlyATrustedProxySaysWhoTheClientIs) {
  AuthDaemon open(AuthDaemonOptions{.config = kRaisedLimits});
  const auto seen = [](AuthDaemon& daemon, const std::string& field, const std::string& value) {
    const HttpAnswer in =
        http_post(daemon.url("/api/v1/auth/login"),
                  json{{"username", "alice"}, {"password", kPassword}}.dump(), {{field, value}});
    const std::string access = json::parse(in.body).at("access_token");
    return json::parse(daemon.get("/api/v1/auth/sessions", access).body).at("sessions");
  };
  const auto has_address = [](const json& sessions, const std::string& address) {
    return std::ranges::any_of(sessions, [&](const json& session) { return session.at("ip") == address; });
  };
  daemon_.create_user("alice", "user", kPassword);
  open.create_user("alice", "user", kPassword);
  EXPECT_TRUE(has_address(seen(daemon_, "X-Forwarded-For", "198.51.100.1, 203.0.113.7"), "203.0.113.7"));
  for (const char* field : {"X_Forwarded_For", "X-Real-IP", "Forwarded", "X-Forwarded"})
    EXPECT_FALSE(has_address(seen(daemon_, field, "203.0.113.8"), "203.0.113.8")) << field;
  EXPECT_FALSE(has_address(seen(open, "X-Forwarded-For", "203.0.113.7"), "203.0.113.7"));
}

/// What the filter takes for an attack can be looked at before it blocks; the app's secrets cannot.
TEST(AuthFilterTest, ShowsOnTheLogWhatItFoundAndWhere) {
  const std::string config =
      "trusted_proxies: [127.0.0.0/8]\n"
      "forward_auth:\n  rules: [{paths: [\"/*\"], require: public}]\n";
  const AuthDaemon daemon{AuthDaemonOptions{.config = config}};
  const std::string attack = "https://app.example.org/x?token=s3cret&q=%3Cscript%3E";
  EXPECT_EQ(daemon.verify("", attack).status, 200);
  EXPECT_THAT(daemon.log(), HasSubstr("attack pattern in a request"));
  EXPECT_THAT(daemon.log(), HasSubstr("rules=xss_script_element where=\"parameter q\" blocked=false "
                                      "client=127.0.0.1"));
  EXPECT_THAT(daemon.log(), HasSubstr("method=GET host=app.example.org path=/x\n"));
  EXPECT_EQ(daemon.verify("", "https://app.example.org/a/../../etc/passwd?token=s3cret").status, 403);
  EXPECT_THAT(daemon.log(), HasSubstr("path=https://app.example.org/a/../../etc/passwd\n"));
  EXPECT_EQ(daemon.metric("authd_request_filter_matches_total{class=\"path_traversal\"}"), 2);
  daemon.write("authd.yml", config + "  filter: block\n");
  ASSERT_EQ(daemon.post("/-/reload", nullptr).status, 200);
  EXPECT_EQ(daemon.verify("", attack).status, 403);
  EXPECT_THAT(daemon.log(), HasSubstr("blocked=true"));
  EXPECT_THAT(daemon.log(), Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace picket::test
