// A person with a browser, in front of an app behind nginx.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/e2e/authd/behind_nginx.h"
#include "tests/support/browser.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;

class AuthBrowserTest : public ::testing::Test {
 protected:
  explicit AuthBrowserTest(const std::string& more_config = "") : site_(more_config) {}

  void log_in(const std::string& name, const std::string& password) {
    browser_.type("#username", name);
    browser_.type("#password", password);
    browser_.press("Log in");
  }
  /// Through the page of the authenticator app; answers the secret.
  std::string enrol() {
    browser_.type("#password", kPassword);
    browser_.press("Continue");
    std::string secret = browser_.text("#totp-secret");
    browser_.type("#code", app_code(secret));
    browser_.press("Confirm");
    return secret;
  }
  /// The CSP refused nothing, and nothing was missing.
  void expect_clean_console() {
    for (const std::string& line : browser_.console()) {
      const bool is_expected = line.find("401") != std::string::npos || line.find("403") != std::string::npos;
      EXPECT_TRUE(is_expected) << line;
    }
  }

  /// Of the load balancer in front: where this browser is.
  void come_from(const std::string& address) { browser_.send_with({{"X-Client-Address", address}}); }
  /// The status that a script of the page that is open reads of authd's origin, or "refused".
  std::string fetch_in_page(const std::string& path, const std::string& options) {
    const std::string url = json(BehindNginx::portal(path)).dump();
    const std::string text = browser_.run("return fetch(" + url + ", " + options +
                                          ").then(answer => '' + answer.status, () => 'refused');");
    return json::parse(text).get<std::string>();
  }

  BehindNginx site_;
  Browser browser_{site_.hosts()};
};

TEST_F(AuthBrowserTest, AProtectedPageLeadsToTheLoginAndBack) {
  site_.authd().create_user("alice", "user", kPassword);
  browser_.open(site_.url("/reports?week=7&day=2"));
  EXPECT_EQ(browser_.title(), "Log in · Example");
  EXPECT_TRUE(browser_.url().starts_with(site_.portal("/auth/login"))) << browser_.url();
  log_in("alice", kOther);
  EXPECT_EQ(browser_.text("[role=alert]"), "The user name or the password is not right.");
  log_in("alice", kPassword);
  EXPECT_EQ(browser_.url(), site_.url("/reports?week=7&day=2"));
  EXPECT_NE(browser_.source().find("the app"), std::string::npos);
  ASSERT_EQ(site_.asked_for("/reports").size(), 1U);
  EXPECT_EQ(site_.asked_for("/reports").back().header("Remote-User"), "alice");
  EXPECT_EQ(site_.asked_for("/reports").back().header("Remote-Role"), "user");

  std::vector<Browser::Cookie> cookies = browser_.cookies();
  std::ranges::sort(cookies, {}, &Browser::Cookie::name);
  ASSERT_EQ(cookies.size(), 2U);
  EXPECT_EQ(cookies[0].name, "__Host-picket_known") << "for the lockout alone";
  EXPECT_EQ(cookies[1].name, "__Host-picket_session");
  for (const Browser::Cookie& cookie : cookies) {
    EXPECT_TRUE(cookie.secure);
    EXPECT_TRUE(cookie.http_only);
    EXPECT_EQ(cookie.same_site, "Lax");
  }
  expect_clean_console();
}

TEST_F(AuthBrowserTest, AnOwnerEnrolsTheAppAndLogsInWithIt) {
  site_.authd().create_user("root", "owner", kPassword);
  browser_.open(site_.portal("/auth/login"));
  log_in("root", kPassword);
  EXPECT_EQ(browser_.url(), site_.portal("/auth/enrol"));
  enrol();
  EXPECT_EQ(browser_.text("[role=status]"), "The app is set up.");
  EXPECT_TRUE(browser_.has("#backup-codes li:nth-child(10)"));
  browser_.open(site_.url("/admin/panel"));
  EXPECT_NE(browser_.source().find("the app"), std::string::npos);

  browser_.open(site_.portal("/auth/account"));
  browser_.press("Log out");
  browser_.open(site_.url("/admin/panel"));
  EXPECT_EQ(browser_.title(), "Log in · Example");
  log_in("root", kPassword);
  browser_.type("#code", "000000");
  browser_.press("Continue");
  EXPECT_EQ(browser_.text("[role=alert]"), "That code is not right, or no longer.");
  expect_clean_console();
}

// Row 50.
TEST_F(AuthBrowserTest, AnOwnersSessionIsWorthNothingFromAnotherNetwork) {
  site_.authd().create_user("root", "owner", kPassword);
  browser_.open(site_.portal("/auth/login"));
  log_in("root", kPassword);
  enrol();
  browser_.open(site_.url("/admin/panel"));
  EXPECT_NE(browser_.source().find("the app"), std::string::npos);

  come_from("203.0.113.9");
  browser_.open(site_.url("/admin/panel"));
  EXPECT_EQ(browser_.source().find("the app"), std::string::npos);
  EXPECT_NE(browser_.source().find("403"), std::string::npos);
  EXPECT_EQ(site_.asked_for("/admin/panel").size(), 1U) << "the one from home";
  browser_.open(site_.portal("/auth/account"));
  EXPECT_NE(browser_.source().find("Owners may not come from this network."), std::string::npos);
  browser_.open(site_.portal("/auth/login"));
  log_in("root", kPassword);
  EXPECT_EQ(browser_.text("[role=alert]"), "The user name or the password is not right.");

  come_from("127.0.0.9");
  browser_.open(site_.url("/admin/panel"));
  EXPECT_NE(browser_.source().find("the app"), std::string::npos) << "home again, the session lives";
}

TEST_F(AuthBrowserTest, AUserMayNotEnterWhatNeedsTwoFactors) {
  site_.authd().create_user("alice", "user", kPassword);
  browser_.open(site_.portal("/auth/login"));
  log_in("alice", kPassword);
  browser_.open(site_.url("/admin/panel"));
  EXPECT_EQ(browser_.source().find("the app"), std::string::npos);
  EXPECT_NE(browser_.source().find("403"), std::string::npos);
}

TEST_F(AuthBrowserTest, LogoutEndsTheSessionAtTheApp) {
  site_.authd().create_user("alice", "user", kPassword);
  browser_.open(site_.url("/x"));
  log_in("alice", kPassword);
  browser_.open(site_.portal("/auth/account"));
  EXPECT_NE(browser_.text("main").find("alice@example.org"), std::string::npos);
  const std::vector<Browser::Cookie> cookies = browser_.cookies();
  const Browser::Cookie stolen = *std::ranges::find(cookies, "__Host-picket_session", &Browser::Cookie::name);
  browser_.press("Log out");
  EXPECT_EQ(browser_.title(), "Log in · Example");
  const HttpAnswer with_stolen = site_.get(site_.url("/x"), {{"Cookie", stolen.name + "=" + stolen.value}});
  EXPECT_EQ(with_stolen.status, 303);
  browser_.open(site_.url("/x"));
  EXPECT_EQ(browser_.title(), "Log in · Example");
}

// The app's origin is not that of authd's pages, though the cookie is the same.
TEST_F(AuthBrowserTest, AScriptOfAnAppActsForNobody) {
  site_.authd().create_user("alice", "user", kPassword);
  browser_.open(site_.url("/x"));
  log_in("alice", kPassword);
  ASSERT_EQ(browser_.url(), site_.url("/x"));
  EXPECT_EQ(fetch_in_page("/api/v1/auth/me", "{credentials: 'include'}"), "refused") << "to be read";
  EXPECT_EQ(fetch_in_page("/auth/account", "{credentials: 'include'}"), "refused");
  const std::string json_post =
      "{method: 'POST', credentials: 'include', headers: {'Content-Type': 'application/json'}, body: "
      "'{\"name\":\"x\",\"scopes\":[\"*\"]}'}";
  EXPECT_EQ(fetch_in_page("/api/v1/api-keys", json_post), "refused") << "no preflight lets it";
  const std::string blind_post =
      "{method: 'POST', mode: 'no-cors', credentials: 'include', body: new "
      "URLSearchParams({name: 'x', scopes: '*'})}";
  for (const char* path : {"/api/v1/api-keys", "/auth/logout", "/api/v1/auth/logout-all"})
    EXPECT_EQ(fetch_in_page(path, blind_post), "refused") << path;

  const std::string token = site_.authd().login("alice", kPassword).at("access_token");
  EXPECT_EQ(json::parse(site_.authd().get("/api/v1/api-keys", token).body).at("api_keys").size(), 0U);
  browser_.open(site_.portal("/auth/account"));
  EXPECT_EQ(browser_.title(), "Your account · Example") << "nobody was logged out";
  EXPECT_EQ(site_.asked_for("/x").back().header("Cookie"), "");
}

class AuthLockoutBrowserTest : public AuthBrowserTest {
 protected:
  AuthLockoutBrowserTest() : AuthBrowserTest("ratelimit: {tiers: {auth: {limit: 100}}}\n") {}
};

TEST_F(AuthLockoutBrowserTest, ALockedAccountLooksLikeAWrongPassword) {
  site_.authd().create_user("alice", "user", kPassword);
  browser_.open(site_.portal("/auth/login"));
  for (int i = 0; i < 5; ++i) log_in("alice", kOther);
  log_in("alice", kPassword);
  EXPECT_EQ(browser_.text("[role=alert]"), "The user name or the password is not right.");
}

TEST_F(AuthBrowserTest, TheAccountPageChangesThePassword) {
  site_.authd().create_user("alice", "user", kPassword);
  browser_.open(site_.portal("/auth/account"));
  log_in("alice", kPassword);
  EXPECT_EQ(browser_.url(), site_.portal("/auth/account"));
  browser_.type("#current", kPassword);
  browser_.type("#next", "password12345678");
  browser_.press("Change the password");
  EXPECT_TRUE(browser_.has("[role=alert]")) << "too common";
  browser_.type("#current", kPassword);
  browser_.type("#next", kOther);
  browser_.press("Change the password");
  EXPECT_TRUE(browser_.has("[role=status]")) << browser_.source();
  browser_.open(site_.portal("/auth/account"));
  EXPECT_EQ(browser_.title(), "Your account · Example") << "this browser stays logged in";
  expect_clean_console();
}

TEST_F(AuthBrowserTest, AuthdAwayMeansNobodyGetsIn) {
  site_.authd().create_user("alice", "user", kPassword);
  browser_.open(site_.url("/x"));
  log_in("alice", kPassword);
  EXPECT_NE(browser_.source().find("the app"), std::string::npos);
  site_.authd().kill9();
  const std::size_t before = site_.asked_for("/x").size();
  EXPECT_EQ(site_.get(site_.url("/x")).status, 503);
  EXPECT_EQ(site_.asked_for("/x").size(), before);
  site_.authd().start();
  browser_.open(site_.url("/x"));
  EXPECT_NE(browser_.source().find("the app"), std::string::npos) << "the session lives on";
}

TEST_F(AuthBrowserTest, AFormFromAnotherSiteIsRefused) {
  site_.authd().create_user("alice", "user", kPassword);
  const HttpAnswer foreign = site_.post(site_.portal("/auth/login"), "username=alice&password=x",
                                        {{"Content-Type", "application/x-www-form-urlencoded"},
                                         {"Origin", "https://evil.example"},
                                         {"Sec-Fetch-Site", "cross-site"}});
  EXPECT_EQ(foreign.status, 403);
  const HttpAnswer without = site_.post(site_.portal("/auth/login"), "username=alice&password=x",
                                        {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(without.status, 403);
}

}  // namespace
}  // namespace picket::test
