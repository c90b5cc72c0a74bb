// What asks for the password or a code again, by the API and in a browser, and what a login can do whose
// password is to be changed.
#include <gtest/gtest.h>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/browser.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr const char* kProofType = "urn:picket:problem:reauthentication-required";

std::string access_of(const json& tokens) {
  return tokens.at("access_token");
}

class AuthReauthenticationTest : public ::testing::Test {
 protected:
  AuthReauthenticationTest()
      : daemon_({.config = "public_url: http://127.0.0.1:" + std::to_string(port_) + "\n" + kRaisedLimits +
                           "sessions: {fresh: 1s}\n",
                 .port = port_}) {
    daemon_.create_user("alice", "user", kPassword);
  }
  HttpAnswer make_key(const std::string& token) const {
    return daemon_.post("/api/v1/api-keys", {{"name", "ci"}, {"scopes", {"users:read"}}}, token);
  }
  /// Waits until the proof of a login is old.
  json old_login() const {
    json tokens = daemon_.login("alice", kPassword);
    EXPECT_TRUE(wait_until(seconds(10), [&] { return make_key(access_of(tokens)).status == 403; }));
    return tokens;
  }
  std::string id_of(const std::string& token) const {
    return json::parse(daemon_.get("/api/v1/auth/me", token).body).at("id");
  }
  HttpAnswer prove(const json& body, const std::string& token) const {
    return daemon_.post("/api/v1/auth/reauthenticate", body, token);
  }

  const int port_ = free_port();
  AuthDaemon daemon_;
};

TEST_F(AuthReauthenticationTest, AnOldProofMakesNoKeyAndTheAnswerSaysWhatToDo) {
  const json tokens = old_login();
  const HttpAnswer refused = make_key(access_of(tokens));
  const json problem = json::parse(refused.body);
  EXPECT_EQ(problem.at("type"), kProofType);
  EXPECT_EQ(problem.at("max_age"), 1);
  EXPECT_NE(refused.header("WWW-Authenticate").find("insufficient_user_authentication"), std::string::npos);
  const HttpAnswer proved = prove({{"password", kPassword}}, access_of(tokens));
  ASSERT_EQ(proved.status, 200) << proved.body;
  const json fresh = json::parse(proved.body);
  EXPECT_EQ(make_key(access_of(fresh)).status, 201);
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", access_of(tokens)).status, 401) << "the session has a new id";
  EXPECT_EQ(daemon_.post("/api/v1/auth/refresh", {{"refresh_token", tokens.at("refresh_token")}}).status,
            401);
}

TEST_F(AuthReauthenticationTest, ARefreshIsNoProof) {
  const json tokens = old_login();
  const HttpAnswer refreshed =
      daemon_.post("/api/v1/auth/refresh", {{"refresh_token", tokens.at("refresh_token")}});
  ASSERT_EQ(refreshed.status, 200);
  EXPECT_EQ(make_key(access_of(json::parse(refreshed.body))).status, 403);
}

TEST_F(AuthReauthenticationTest, EndingOtherSessionsAsksAndOnesOwnLogoutDoesNot) {
  const json tokens = old_login();
  const std::string token = access_of(tokens);
  const json sessions = json::parse(daemon_.get("/api/v1/auth/sessions", token).body).at("sessions");
  const std::string one = "/api/v1/auth/sessions/" + sessions.at(0).at("id").get<std::string>();
  for (const HttpAnswer& refused :
       {daemon_.send("DELETE", one, nullptr, token), daemon_.post("/api/v1/auth/logout-all", nullptr, token)})
    EXPECT_EQ(json::parse(refused.body).at("type"), kProofType);
  EXPECT_EQ(daemon_.post("/api/v1/auth/logout", nullptr, token).status, 204);
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", token).status, 401);
}

TEST_F(AuthReauthenticationTest, WhatIsDoneToAnothersAccountAsks) {
  daemon_.create_user("root", "owner", kPassword);
  json root = daemon_.login("root", kPassword);
  daemon_.enrol(root, kPassword);
  const std::string token = access_of(root);
  const std::string alice = "/api/v1/users/" + id_of(access_of(daemon_.login("alice", kPassword)));
  const json ann{{"username", "ann"}, {"email", "ann@example.org"}};
  ASSERT_TRUE(wait_until(seconds(10), [&] { return make_key(token).status == 403; }));
  const std::vector<HttpAnswer> asked{daemon_.post(alice + "/suspend", nullptr, token),
                                      daemon_.post(alice + "/activate", nullptr, token),
                                      daemon_.post(alice + "/role", {{"role", "guest"}}, token),
                                      daemon_.post("/api/v1/users", ann, token),
                                      daemon_.send("PATCH", alice, {{"email", "x@example.org"}}, token),
                                      daemon_.send("DELETE", alice, nullptr, token)};
  for (std::size_t i = 0; i < asked.size(); ++i)
    EXPECT_EQ(json::parse(asked[i].body).value("type", ""), kProofType) << i << asked[i].body;
  const HttpAnswer own = daemon_.send("PATCH", "/api/v1/users/me", {{"email", "y@example.org"}}, token);
  EXPECT_NE(json::parse(own.body).value("type", ""), kProofType) << "asks for the password itself";
  const HttpAnswer proved = prove({{"password", kPassword}}, token);
  ASSERT_EQ(proved.status, 200) << proved.body;
  EXPECT_EQ(daemon_.post(alice + "/suspend", nullptr, access_of(json::parse(proved.body))).status, 200);
}

TEST_F(AuthReauthenticationTest, ACodeIsAProofOnceAndGuessesLock) {
  json tokens = daemon_.login("alice", kPassword);
  const std::string secret =
      json::parse(daemon_.post("/api/v1/auth/2fa/setup", {{"password", kPassword}}, access_of(tokens)).body)
          .at("secret");
  // The step before this one, so that this one's code is not spent yet.
  const HttpAnswer enrolled =
      daemon_.post("/api/v1/auth/2fa/verify", {{"code", app_code(secret, -1)}}, access_of(tokens));
  ASSERT_EQ(enrolled.status, 200) << enrolled.body;
  tokens = json::parse(enrolled.body);
  EXPECT_EQ(prove({{"code", "000000"}}, access_of(tokens)).status, 403);
  EXPECT_EQ(prove({{"code", "1"}, {"password", "x"}}, access_of(tokens)).status, 400);
  const std::string code = app_code(secret);
  const HttpAnswer proved = prove({{"code", code}}, access_of(tokens));
  ASSERT_EQ(proved.status, 200) << proved.body;
  tokens = json::parse(proved.body);
  EXPECT_EQ(make_key(access_of(tokens)).status, 201);
  EXPECT_EQ(prove({{"code", code}}, access_of(tokens)).status, 403) << "spent";
  for (int i = 0; i < 5; ++i) prove({{"password", kOther}}, access_of(tokens));
  EXPECT_EQ(prove({{"password", kPassword}}, access_of(tokens)).status, 403) << "locked, as a login is";
}

TEST_F(AuthReauthenticationTest, ABrowserIsAskedAndComesBack) {
  Browser browser;
  browser.open(daemon_.url("/auth/login"));
  browser.type("#username", "alice");
  browser.type("#password", kPassword);
  browser.press("Log in");
  daemon_.login("alice", kPassword);
  const auto end_other = [&] {
    browser.open(daemon_.url("/auth/account"));
    browser.press("End");
    return browser.title();
  };
  ASSERT_TRUE(wait_until(seconds(10), [&] {
    if (end_other().starts_with("Confirm")) return true;
    daemon_.login("alice", kPassword);
    return false;
  }));
  browser.type("#password", kOther);
  browser.press("Continue");
  EXPECT_EQ(browser.text("[role=alert]"), "That is not right.");
  browser.type("#password", kPassword);
  browser.press("Continue");
  EXPECT_EQ(browser.url(), daemon_.url("/auth/account"));
  EXPECT_EQ(browser.title().substr(0, 12), "Your account");
}

TEST_F(AuthReauthenticationTest, TheWayBackIsAPageOfOurs) {
  const json in =
      json::parse(daemon_.post("/api/v1/auth/login", {{"username", "alice"}, {"password", kPassword}}).body);
  for (const char* elsewhere : {"https://evil.example/", "//evil.example", "%5C%5Cevil.example"}) {
    const HttpAnswer page = daemon_.get("/auth/confirm?rd=" + std::string(elsewhere), access_of(in));
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.body.find("evil"), std::string::npos) << elsewhere;
  }
}

/// An administrator asks alice for another password.
class AuthPasswordDueTest : public AuthReauthenticationTest {
 protected:
  AuthPasswordDueTest() {
    before_ = daemon_.login("alice", kPassword);
    daemon_.create_user("root", "owner", kPassword);
    json root = daemon_.login("root", kPassword);
    daemon_.enrol(root, kPassword);
    const std::string id = json::parse(daemon_.get("/api/v1/auth/me", access_of(before_)).body).at("id");
    const HttpAnswer asked =
        daemon_.send("PATCH", "/api/v1/users/" + id, {{"must_change_password", true}}, access_of(root));
    EXPECT_EQ(asked.status, 200) << asked.body;
  }
  json before_;
};

TEST_F(AuthPasswordDueTest, ALoginCanDoNothingButChangeThePassword) {
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", access_of(before_)).status, 401) << "older logins have ended";
  const json due = daemon_.login("alice", kPassword);
  EXPECT_EQ(due.at("status"), "password_change_required");
  const std::string token = access_of(due);
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", token).status, 200);
  EXPECT_EQ(daemon_.get("/api/v1/auth/sessions", token).status, 403);
  EXPECT_EQ(make_key(token).status, 403);
  EXPECT_NE(daemon_.verify(token, "https://app.example.org/").status, 200);
  const auto change = [&](const char* to) {
    return daemon_.post("/api/v1/auth/password", {{"current_password", kPassword}, {"new_password", to}},
                        token);
  };
  const HttpAnswer same = change(kPassword);
  EXPECT_EQ(same.status, 422) << "the same is no other";
  EXPECT_EQ(json::parse(same.body).at("objections").at(0).at("fault"), "unchanged");
  const HttpAnswer changed = change(kOther);
  ASSERT_EQ(changed.status, 200) << changed.body;
  const json whole = json::parse(changed.body);
  EXPECT_FALSE(whole.contains("status"));
  EXPECT_EQ(daemon_.get("/api/v1/auth/sessions", access_of(whole)).status, 200);
  EXPECT_FALSE(daemon_.login("alice", kOther).contains("status"));
}

TEST_F(AuthPasswordDueTest, ABrowserIsLedToThePasswordWhereverItGoes) {
  Browser browser;
  browser.open(daemon_.url("/auth/login"));
  browser.type("#username", "alice");
  browser.type("#password", kPassword);
  browser.press("Log in");
  EXPECT_EQ(browser.url(), daemon_.url("/auth/password"));
  for (const char* page : {"/auth/account", "/auth/login?rd=/auth/account", "/auth/enrol"}) {
    browser.open(daemon_.url(page));
    EXPECT_EQ(browser.url(), daemon_.url("/auth/password")) << page;
  }
  browser.type("#current", kPassword);
  browser.type("#next", kOther);
  browser.press("Change the password");
  EXPECT_TRUE(browser.has("[role=status]"));
  browser.open(daemon_.url("/auth/account"));
  EXPECT_EQ(browser.url(), daemon_.url("/auth/account"));
}

}  // namespace
}  // namespace picket::test
