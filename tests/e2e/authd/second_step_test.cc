// The second step of a login, as pages and by the API, and what a login does to the one before it.
#include <gtest/gtest.h>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/browser.h"

namespace picket::test {
namespace {

using nlohmann::json;

class AuthSecondStepTest : public ::testing::Test {
 protected:
  AuthSecondStepTest()
      : daemon_({.config = "public_url: http://127.0.0.1:" + std::to_string(port_) + "\n" + kRaisedLimits +
                           "second_factors: {remember_for: 7d}\n",
                 .port = port_}) {}
  /// The secret of their authenticator app.
  std::string enrolled(const std::string& name, const std::string& role) {
    daemon_.create_user(name, role, kPassword);
    json tokens = daemon_.login(name, kPassword);
    return daemon_.enrol(tokens, kPassword);
  }
  void log_in(Browser& browser, const std::string& name) const {
    browser.open(daemon_.url("/auth/login?rd=/auth/account"));
    browser.type("#username", name);
    browser.type("#password", kPassword);
    browser.press("Log in");
  }
  json first_step(const std::string& name) const {
    return json::parse(
        daemon_.post("/api/v1/auth/login", {{"username", name}, {"password", kPassword}}).body);
  }
  HttpAnswer log_in_by_cookie(const std::string& name, const std::string& cookie = "") const {
    HttpHeaders headers{{"Content-Type", "application/json"}, {"Origin", daemon_.url("")}};
    if (!cookie.empty()) headers.emplace("Cookie", cookie);
    return http_send({.method = "POST",
                      .url = daemon_.url("/api/v1/auth/login"),
                      .headers = std::move(headers),
                      .body = json{{"username", name}, {"password", kPassword}, {"mode", "cookie"}}.dump()});
  }
  int me(const std::string& cookie) const {
    return http_get(daemon_.url("/api/v1/auth/me"), {{"Cookie", cookie}}).status;
  }

  const int port_ = free_port();
  AuthDaemon daemon_;
};

std::string cookie_of(const HttpAnswer& answer) {
  const std::string field = answer.header("Set-Cookie");
  return field.substr(0, field.find(';'));
}

TEST_F(AuthSecondStepTest, ADeviceIsOfferedToBeRememberedForAsLongAsItIs) {
  enrolled("alice", "user");
  enrolled("root", "owner");
  EXPECT_EQ(first_step("alice").at("remember_for"), 7 * 24 * 3600);
  EXPECT_EQ(first_step("root").at("remember_for"), 0) << "an owner shows a factor each time";
  Browser browser;
  log_in(browser, "alice");
  EXPECT_EQ(browser.text("label.check"), "Remember this device for 7 days");
  browser.type("#code", "000000");
  browser.press("Continue");
  EXPECT_EQ(browser.text("label.check"), "Remember this device for 7 days");
  Browser other;
  log_in(other, "root");
  EXPECT_EQ(other.source().find("Remember this device"), std::string::npos);
}

TEST_F(AuthSecondStepTest, AStepThatIsOverLeadsBackToTheLogin) {
  const std::string secret = enrolled("alice", "user");
  Browser browser;
  log_in(browser, "alice");
  for (int i = 0; i < 5; ++i) {
    browser.type("#code", "000000");
    browser.press("Continue");
    ASSERT_TRUE(browser.has("#code")) << browser.source();
  }
  ASSERT_EQ(daemon_.authctl({"user", "unlock", "alice"}).exit_code, 0);
  browser.type("#code", app_code(secret, 1));
  browser.press("Continue");
  EXPECT_EQ(browser.text("[role=alert]"), "Too many codes were wrong, or it took too long. Log in again.");
  EXPECT_TRUE(browser.has("#password"));
  EXPECT_NE(browser.source().find("value=\"/auth/account\""), std::string::npos)
      << "and on to where they went";
}

TEST_F(AuthSecondStepTest, AStepHasAWayBackAtAnyTime) {
  enrolled("alice", "user");
  Browser browser;
  log_in(browser, "alice");
  browser.click("a[href^='/auth/login']");
  EXPECT_EQ(browser.url(), daemon_.url("/auth/login?rd=%2Fauth%2Faccount"));
}

TEST_F(AuthSecondStepTest, AnUnknownModeIsRefusedAsAtTheFirstStep) {
  const std::string secret = enrolled("alice", "user");
  const json challenge = first_step("alice").at("challenge");
  const HttpAnswer refused = daemon_.post(
      "/api/v1/auth/2fa/complete",
      {{"challenge", challenge}, {"method", "totp"}, {"code", app_code(secret)}, {"mode", "cokie"}});
  EXPECT_EQ(refused.status, 400) << refused.body;
}

TEST_F(AuthSecondStepTest, ALoginEndsTheSessionWhoseCookieItReplaces) {
  for (const char* name : {"alice", "bob"}) daemon_.create_user(name, "user", kPassword);
  const std::string first = cookie_of(log_in_by_cookie("alice"));
  const std::string elsewhere = cookie_of(log_in_by_cookie("alice"));
  EXPECT_EQ(me(first), 200);
  const std::string second = cookie_of(log_in_by_cookie("alice", first));
  EXPECT_EQ(me(first), 401);
  const std::string third = cookie_of(log_in_by_cookie("bob", second));
  EXPECT_EQ(me(second), 401) << "whoever it was";
  EXPECT_EQ(me(third), 200);
  EXPECT_EQ(me(elsewhere), 200) << "other browsers go on";
  EXPECT_EQ(daemon_.post("/api/v1/auth/login", {{"username", "bob"}, {"password", kOther}, {"mode", "token"}})
                .status,
            401);
  EXPECT_EQ(me(third), 200) << "a login that failed ends nothing";
  const HttpAnswer form = http_send({.method = "POST",
                                     .url = daemon_.url("/auth/login"),
                                     .headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                                                 {"Origin", daemon_.url("")},
                                                 {"Cookie", third}},
                                     .body = "username=bob&password=four%20green%20lamps%20under%20ice"});
  EXPECT_EQ(form.status, 303) << form.body;
  EXPECT_EQ(me(third), 401) << "by the page, too";
}

// What cannot end the old one gives no new one either.
TEST_F(AuthSecondStepTest, ASessionThatNobodyIsGivenIsEnded) {
  daemon_.create_user("alice", "user", kPassword);
  const json tokens = daemon_.login("alice", kPassword);
  const std::string token = tokens.at("access_token");
  const std::string cookie = cookie_of(log_in_by_cookie("alice"));
  const auto id_of = [&](const HttpHeaders& headers) {
    return json::parse(http_get(daemon_.url("/api/v1/auth/me"), headers).body)
        .at("session_id")
        .get<std::string>();
  };
  daemon_.run_sql("CREATE TRIGGER stuck BEFORE UPDATE ON sessions WHEN OLD.id IN ('" +
                  id_of({{"Cookie", cookie}}) + "', '" + id_of({{"Authorization", "Bearer " + token}}) +
                  "') AND NEW.revoked_at <> OLD.revoked_at BEGIN SELECT RAISE(ABORT, 'stuck'); END");
  EXPECT_GE(log_in_by_cookie("alice", cookie).status, 400);
  const HttpAnswer form = http_send({.method = "POST",
                                     .url = daemon_.url("/auth/login"),
                                     .headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                                                 {"Origin", daemon_.url("")},
                                                 {"Cookie", cookie}},
                                     .body = "username=alice&password=four%20green%20lamps%20under%20ice"});
  EXPECT_GE(form.status, 400);
  EXPECT_GE(daemon_.post("/api/v1/auth/reauthenticate", {{"password", kPassword}}, token).status, 400);
  const json sessions = json::parse(daemon_.get("/api/v1/auth/sessions", token).body).at("sessions");
  EXPECT_EQ(sessions.size(), 2U) << sessions;
}

}  // namespace
}  // namespace picket::test
