// What the files for nginx and Caddy in docs/forward-auth.md do, run as they stand there, against clients
// that know them. The numbers are those of the tables in docs/security.md.
#include <gtest/gtest.h>

#include "base/text/encoding.h"
#include "tests/e2e/authd/behind_proxy.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr const char* kPublic = "https://app.example.org/public/x";
constexpr std::array kIdentityFields{"Remote-User", "Remote-Role", "Remote-User-Id", "X-Picket-Identity"};

/// What a client may hope that somebody believes.
const HttpHeaders kForged{{"Remote-User", "root"},
                          {"Remote_User", "root"},
                          {"Remote-Role", "owner"},
                          {"Remote-User-Id", "0"},
                          {"X-Picket-Identity", "a.b.c"},
                          {"X_Picket_Identity", "a.b.c"},
                          {"X-Picket_Identity", "a.b.c"},
                          {"X_Picket-Identity", "a.b.c"},
                          {"X-Forwarded-Uri", "/public/x"},
                          {"X-Forwarded-Method", "GET"},
                          {"X-Forwarded-Host", "status.example.org"},
                          {"X-Forwarded-For", "10.0.0.1"}};

/// A token whose header is of our form and names a key that is not ours.
std::string foreign_token() {
  const std::string header = R"({"alg":"EdDSA","kid":")" + std::string(43, 'k') + R"(","typ":"at+jwt"})";
  return base64url_encode(header) + "." + base64url_encode(R"({"sub":"x"})") + "." +
         base64url_encode("signature");
}

class AuthBehindProxyTest : public ::testing::TestWithParam<Proxy> {
 protected:
  AuthBehindProxyTest() { site_.authd().create_user("alice", "user", kPassword); }

  bool is_nginx() const { return GetParam() == Proxy::Nginx; }
  /// Of a browser that has not logged in, asking for a page.
  HttpAnswer open(const std::string& url, HttpHeaders headers = {}) const {
    headers.emplace("Accept", "text/html");
    return site_.get(url, headers);
  }
  std::string token() const { return site_.authd().login("alice", kPassword).at("access_token"); }
  std::string api_key() {
    const HttpAnswer made =
        site_.authd().post("/api/v1/api-keys", {{"name", "x"}, {"scopes", {"metrics:read"}}}, token());
    return json::parse(made.body).at("key");
  }
  /// The app's last request, after one that must have reached it.
  PeerRequest reached(const HttpHeaders& headers) {
    const HttpAnswer answer = site_.get(site_.url("/x"), headers);
    EXPECT_EQ(answer.status, 200) << answer.body << answer.error;
    return answer.status == 200 ? site_.app().requests().back() : PeerRequest{};
  }

  BehindProxy site_{GetParam()};
};

// Row 42.
TEST_P(AuthBehindProxyTest, WhatAClientSaysOfItselfReachesNoApp) {
  EXPECT_EQ(open(site_.url("/x"), kForged).status, 303) << "to the login";
  EXPECT_TRUE(site_.app().requests().empty());
  HttpHeaders known = kForged;
  known.emplace("Authorization", "Bearer " + token());
  const PeerRequest seen = reached(known);
  EXPECT_EQ(seen.header("Remote-User"), "alice");
  EXPECT_EQ(seen.header("Remote-Role"), "user");
  EXPECT_NE(seen.header("Remote-User-Id"), "0");
  EXPECT_NE(seen.header("X-Picket-Identity"), "a.b.c");
  for (const char* name : {"Remote_User", "X_Picket_Identity", "X-Picket_Identity", "X_Picket-Identity"})
    EXPECT_EQ(seen.header(name), "") << name;
}

TEST_P(AuthBehindProxyTest, AConnectionFieldTakesNoIdentityAway) {
  const PeerRequest seen =
      reached({{"Authorization", "Bearer " + token()},
               {"Connection", "keep-alive, Remote-User, remote-user-id, REMOTE-ROLE, X-Picket-Identity"}});
  EXPECT_EQ(seen.header("Remote-User"), "alice");
  EXPECT_EQ(seen.header("Remote-Role"), "user");
  EXPECT_NE(seen.header("Remote-User-Id"), "");
  EXPECT_NE(seen.header("X-Picket-Identity"), "");
}

TEST_P(AuthBehindProxyTest, APublicRuleNamesNobody) {
  ASSERT_EQ(open(kPublic, kForged).status, 200);
  const PeerRequest stranger = site_.app().requests().back();
  for (const char* name : kIdentityFields) EXPECT_EQ(stranger.header(name), "") << name;
  for (const char* name : {"Remote_User", "X_Picket_Identity", "X-Picket_Identity", "X_Picket-Identity"})
    EXPECT_EQ(stranger.header(name), "") << name;
  ASSERT_EQ(open(kPublic, {{"Cookie", site_.log_in("alice", kPassword)}}).status, 200);
  EXPECT_EQ(site_.app().requests().back().header("Remote-User"), "alice") << "unless somebody is logged in";
}

// Row 41: what the proxy and the app could read differently gets no answer of the app.
TEST_P(AuthBehindProxyTest, WhatCouldBeReadInTwoWaysReachesNoApp) {
  for (const char* path :
       {"/public/%2e%2e/admin/x", "/public/..%2fadmin/x", "/public/..;/admin/x", "/public//x",
        "/public/%5c..%5cadmin", "/public/%00x", "/public/%252e%252e/admin"}) {
    const int status = open(site_.url(path)).status;
    EXPECT_TRUE(status == 403 || status == 400) << path << ": " << status;
  }
  EXPECT_EQ(open(kPublic, {{"X-Original-URL", "https://status.example.org/"}}).status,
            is_nginx() ? 200 : 403);
  EXPECT_EQ(site_.app().count(), is_nginx() ? 1U : 0U)
      << "nginx replaces the field, Caddy sends its own beside";
}

// Row 41: a request names its host twice, in its first line and in Host.
TEST_P(AuthBehindProxyTest, TheHostThatTheProxyRoutesByIsJudged) {
  for (const char* host : {"status.example.org", "evil.example", "app.example.org@status.example.org"}) {
    const HttpAnswer answer = site_.send({.url = site_.url("/secret"),
                                          .headers = {{"Host", host}, {"Accept", "text/html"}},
                                          .target = "https://app.example.org/secret"});
    EXPECT_TRUE(answer.status == 303 || answer.status == 400) << host << answer.status << answer.error;
  }
  EXPECT_TRUE(site_.app().requests().empty());
  const HttpAnswer open = site_.send({.url = site_.url("/news"),
                                      .headers = {{"Host", "app.example.org"}},
                                      .target = "https://status.example.org/news"});
  EXPECT_EQ(open.status, 200) << open.error;
  ASSERT_EQ(site_.app().count(), 1U);
  EXPECT_EQ(site_.app().requests().back().header("Host"), "status.example.org");
}

TEST_P(AuthBehindProxyTest, AHostOfNobodyReachesNothing) {
  const double asked = site_.authd().metric("authd_forward_auth_duration_seconds_count");
  for (const char* host : {"evil.example", "127.0.0.1", "auth.example.org", "app.example.org.evil.example"}) {
    for (const std::string& url : {site_.url("/public/x"), site_.portal("/auth/login")}) {
      const HttpAnswer answer = site_.get(url, {{"Host", host}});
      EXPECT_EQ(answer.status, is_nginx() ? 0 : 200) << host;
      EXPECT_EQ(answer.body, "") << host;
    }
  }
  EXPECT_TRUE(site_.app().requests().empty());
  EXPECT_EQ(site_.authd().metric("authd_forward_auth_duration_seconds_count"), asked);
}

TEST_P(AuthBehindProxyTest, TheAppHearsItsOwnCookiesAndNoneOfOurs) {
  const std::string session = site_.log_in("alice", kPassword);
  const std::string device = "__Host-picket_device=pdv_x";
  const std::string known = "__Host-picket_known=x";
  const struct {
    std::string sent, heard;
  } rows[] = {{session, ""},
              {session + "; a=1", "a=1"},
              {"a=1; " + session, "a=1"},
              {"a=1; " + session + "; b=2", "a=1; b=2"},
              {session + "; a=1; " + device, "a=1"},
              {device + "; " + session + "; a=1", "a=1"},
              {"a=1; " + device + "; b=\"x y\"; " + session + "; c=3=3", "a=1; b=\"x y\"; c=3=3"},
              {"a=1; " + device + "; " + session, "a=1"},
              {"a=1;" + session + ";b=2", "a=1;b=2"},
              {known + "; " + device + "; " + session, ""},
              {"a=1; " + known + "; b=2; " + device + "; c=3; " + session + "; d=4", "a=1; b=2; c=3; d=4"},
              {"x" + device + "; " + session, "x" + device},
              {"a=" + device + "; " + session, "a=" + device}};
  for (const auto& row : rows) {
    const PeerRequest seen = reached({{"Cookie", row.sent}});
    EXPECT_EQ(seen.header("Remote-User"), "alice") << row.sent;
    EXPECT_EQ(seen.header("Cookie"), row.heard) << row.sent;
  }
  const std::string tossed = "__Host-picket_device=1; " + device + "; a=1; " + session + "; " + known;
  EXPECT_EQ(reached({{"Cookie", tossed}}).header("Cookie").find("__Host-"), std::string::npos);
  ASSERT_EQ(open(kPublic, {{"Cookie", "a=1; b=2"}}).status, 200);
  EXPECT_EQ(site_.app().requests().back().header("Cookie"), "a=1; b=2");
}

TEST_P(AuthBehindProxyTest, TheAppHearsNoApiKeyOfOurs) {
  const std::string key = api_key();
  const std::string session = site_.log_in("alice", kPassword);
  for (const HttpHeaders& headers :
       {HttpHeaders{{"X-API-Key", key}}, HttpHeaders{{"Authorization", "Bearer " + key}},
        HttpHeaders{{"authorization", "bearer   " + key}}}) {
    ASSERT_EQ(open(kPublic, headers).status, 200);
    const PeerRequest seen = site_.app().requests().back();
    EXPECT_EQ(seen.header("X-API-Key"), "");
    EXPECT_EQ(seen.header("Authorization"), "");
  }
}

// An app's own credentials do not get in the way of a session.
TEST_P(AuthBehindProxyTest, AppsUseTheFieldsForCredentialsOfTheirOwn) {
  const std::string session = site_.log_in("alice", kPassword);
  for (const std::string& bearer : {std::string("Bearer app-token"), "Bearer " + foreign_token(),
                                    std::string("Bearer psc_x"), std::string("Basic YTpi")}) {
    const PeerRequest seen = reached({{"Cookie", session}, {"Authorization", bearer}});
    EXPECT_EQ(seen.header("Remote-User"), "alice") << bearer;
    EXPECT_EQ(seen.header("Authorization"), bearer);
  }
  const PeerRequest seen = reached({{"Cookie", session}, {"X-API-Key", "of-the-app"}});
  EXPECT_EQ(seen.header("Remote-User"), "alice");
  EXPECT_EQ(seen.header("X-API-Key"), "of-the-app");
  const PeerRequest program = reached({{"Authorization", "Bearer " + token()}, {"X-API-Key", "of-the-app"}});
  EXPECT_EQ(program.header("Remote-User"), "alice") << "a token of ours beside a key of the app's";
  EXPECT_EQ(open(site_.url("/x"), {{"Authorization", "Bearer app-token"}}).status, 303)
      << "nor in place of one";
  EXPECT_EQ(open(site_.url("/x"), {{"X-API-Key", "of-the-app"}}).status, 303);
}

TEST_P(AuthBehindProxyTest, WhatHasOurFormIsJudgedAlone) {
  const std::string session = site_.log_in("alice", kPassword);
  const std::string ended = token();
  ASSERT_EQ(site_.authd().post("/api/v1/auth/logout", {}, ended).status, 204);
  ASSERT_TRUE(
      wait_until(seconds(10), [&] { return site_.authd().get("/api/v1/auth/me", ended).status == 401; }));
  std::string damaged = token();
  damaged.back() = damaged.back() == 'A' ? 'B' : 'A';
  for (const HttpHeaders& headers :
       {HttpHeaders{{"Authorization", "Bearer " + ended}},
        HttpHeaders{{"Authorization", "Bearer " + damaged}}, HttpHeaders{{"Authorization", "Bearer pak_x"}},
        HttpHeaders{{"X-API-Key", "pak_x"}}}) {
    HttpHeaders both = headers;
    both.emplace("Cookie", session);
    EXPECT_EQ(open(site_.url("/x"), both).status, 303) << both.begin()->second;
  }
  EXPECT_TRUE(site_.app().requests().empty());
}

TEST_P(AuthBehindProxyTest, ThePortalServesPagesAndTheApiAlone) {
  const auto session = HttpHeaders{{"Cookie", site_.log_in("alice", kPassword)}};
  EXPECT_EQ(site_.get(site_.portal("/auth/account"), session).status, 200);
  EXPECT_EQ(site_.get(site_.portal("/.well-known/jwks.json")).status, 200);
  EXPECT_EQ(site_.get(site_.portal("/")).status, 303);
  for (const char* path :
       {"/metrics", "/-/ready", "/-/reload", "/api/v1/auth/verify", "/api/v1/auth/envoy/x"})
    EXPECT_EQ(site_.get(site_.portal(path), session).status, 404) << path;
  for (const char* path : {"/auth/account", "/api/v1/auth/me"}) {
    EXPECT_EQ(site_.get(site_.url(path), session).body, "the app")
        << "the apps' port is all theirs: " << path;
  }
}

TEST_P(AuthBehindProxyTest, AuthdBusyOrAwayIsSaidSoAndNobodyGetsIn) {
  const auto session = HttpHeaders{{"Cookie", site_.log_in("alice", kPassword)}};
  ASSERT_EQ(site_.get(site_.url("/x"), session).status, 200);
  site_.authd().kill9();
  EXPECT_EQ(site_.get(site_.url("/x"), session).status, is_nginx() ? 503 : 502);
  site_.authd().write("authd.db", "no database");
  site_.authd().launch();
  HttpAnswer closed;
  EXPECT_TRUE(wait_until(seconds(20), [&] {
    closed = site_.get(site_.url("/x"), session);
    return closed.header("Retry-After") == "1";
  }));
  EXPECT_EQ(closed.status, 503);
  EXPECT_EQ(site_.app().count(), 1U) << "the one before";
}

INSTANTIATE_TEST_SUITE_P(Proxies, AuthBehindProxyTest, ::testing::Values(Proxy::Nginx, Proxy::Caddy),
                         [](const auto& param) { return param.param == Proxy::Nginx ? "nginx" : "caddy"; });

class AuthLimitsBehindProxyTest : public ::testing::TestWithParam<Proxy> {
 protected:
  BehindProxy site_{GetParam(),
                    "ratelimit: {tiers: {tight: {limit: 2, window: 1h, per: address, for: anyone, paths: "
                    "[/tight], use: forward_auth}}}\n"};
};

TEST_P(AuthLimitsBehindProxyTest, TooManyRequestsAreSaidSo) {
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(site_.get(site_.url("/tight/x"), {{"Accept", "text/html"}}).status, 303);
  const HttpAnswer limited = site_.get(site_.url("/tight/x"));
  EXPECT_EQ(limited.status, 429);
  EXPECT_GT(std::stoi(limited.header("Retry-After")), 60) << limited.body;
  EXPECT_TRUE(site_.app().requests().empty());
}

INSTANTIATE_TEST_SUITE_P(Proxies, AuthLimitsBehindProxyTest, ::testing::Values(Proxy::Nginx, Proxy::Caddy),
                         [](const auto& param) { return param.param == Proxy::Nginx ? "nginx" : "caddy"; });

TEST(AuthBehindCaddyTest, AProtectedPageLeadsToTheLoginAndBack) {
  const BehindProxy site(Proxy::Caddy);
  site.authd().create_user("alice", "user", kPassword);
  Browser browser(site.hosts());
  browser.open(site.url("/reports?week=7&day=2"));
  EXPECT_TRUE(browser.url().starts_with(site.portal("/auth/login"))) << browser.url();
  browser.type("#username", "alice");
  browser.type("#password", kPassword);
  browser.press("Log in");
  EXPECT_EQ(browser.url(), site.url("/reports?week=7&day=2"));
  ASSERT_EQ(site.asked_for("/reports").size(), 1U);
  EXPECT_EQ(site.asked_for("/reports").back().header("Remote-User"), "alice");
  EXPECT_EQ(site.asked_for("/reports").back().header("Cookie"), "");
}

// A token that is over is ours all the same.
TEST(AuthBehindNginxTest, ATokenThatIsOverIsJudgedAlone) {
  BehindProxy site(Proxy::Nginx, "tokens: {access_lifetime: 1s, leeway: 0s}\n");
  site.authd().create_user("alice", "user", kPassword);
  const std::string session = site.log_in("alice", kPassword);
  const std::string token = site.authd().login("alice", kPassword).at("access_token");
  const auto ask = [&](const HttpHeaders& headers) { return site.get(site.url("/x"), headers).status; };
  EXPECT_TRUE(wait_until(seconds(10), [&] { return ask({{"Authorization", "Bearer " + token}}) == 303; }));
  EXPECT_EQ(ask({{"Authorization", "Bearer " + token}, {"Cookie", session}}), 303);
  EXPECT_EQ(ask({{"Cookie", session}}), 200);
}

}  // namespace
}  // namespace picket::test
