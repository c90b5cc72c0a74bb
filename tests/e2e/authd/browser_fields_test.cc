// What answers tell browsers: who may embed, read and ask them. Line 46 of the checks in docs/security.md.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/e2e/authd/auth_daemon.h"

namespace picket::test {
namespace {

using nlohmann::json;

constexpr const char* kApp = "https://app.example.org";

constexpr const char* kFieldsConfig =
    "public_url: https://auth.example.org\n"
    "cors: {origins: [\"https://app.example.org\"], credentials: true}\n";

/// The whole answer to a request of a script of that origin.
HttpAnswer ask(const AuthDaemon& daemon, const std::string& method, const std::string& path,
               const std::string& origin, HttpHeaders headers = {}) {
  if (!origin.empty()) headers.emplace("Origin", origin);
  return http_send({.method = method, .url = daemon.url(path), .headers = std::move(headers)});
}

bool allows_anything(const HttpAnswer& answer) {
  return std::ranges::any_of(answer.headers, [](const auto& field) {
    return field.first.starts_with("Access-Control-") || field.first.starts_with("access-control-");
  });
}

TEST(AuthBrowserFieldsTest, EveryAnswerSaysWhatBrowsersMayDoWithIt) {
  const AuthDaemon daemon({.config = kFieldsConfig});
  for (const char* path : {"/auth/login", "/auth/account", "/auth/favicon.ico", "/api/v1/auth/me",
                           "/.well-known/jwks.json", "/api", "/api/v1/openapi.json"}) {
    const HttpAnswer answer = daemon.get(path);
    EXPECT_EQ(answer.header("Strict-Transport-Security"), "max-age=31536000; includeSubDomains") << path;
    EXPECT_EQ(answer.header("X-Frame-Options"), "DENY") << path;
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(answer.headers.count("X-Content-Type-Options"), 1U) << path;
    EXPECT_EQ(answer.header("Cross-Origin-Opener-Policy"), "same-origin") << path;
    EXPECT_EQ(answer.header("Cross-Origin-Embedder-Policy"), "require-corp") << path;
    EXPECT_EQ(answer.header("Cross-Origin-Resource-Policy"), "same-origin") << path;
    EXPECT_NE(answer.header("Permissions-Policy").find("camera=()"), std::string::npos) << path;
    const std::string policy = answer.header("Content-Security-Policy");
    EXPECT_EQ(answer.headers.count("Content-Security-Policy"), 1U) << path;
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos) << path << policy;
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos) << path << policy;
  }
  EXPECT_EQ(daemon.get("/auth/login").header("Referrer-Policy"), "same-origin") << "or forms had no origin";
  EXPECT_EQ(daemon.get("/api/v1/auth/me").header("Referrer-Policy"), "no-referrer");
}

TEST(AuthBrowserFieldsTest, PlainHttpIsNeverToldToBeHttpsAndTheRestIsConfigured) {
  const AuthDaemon plain;
  EXPECT_EQ(plain.get("/auth/login").header("Strict-Transport-Security"), "");
  EXPECT_EQ(plain.get("/auth/login").header("X-Frame-Options"), "DENY");
  const AuthDaemon set({.config = "public_url: https://auth.example.org\n"
                                  "security_headers:\n"
                                  "  strict_transport_security: max-age=60\n"
                                  "  frame_options: SAMEORIGIN\n"
                                  "  cross_origin_embedder_policy: \"\"\n"});
  const HttpAnswer page = set.get("/auth/login");
  EXPECT_EQ(page.header("Strict-Transport-Security"), "max-age=60");
  EXPECT_EQ(page.header("X-Frame-Options"), "SAMEORIGIN");
  EXPECT_EQ(page.header("Cross-Origin-Embedder-Policy"), "");
}

TEST(AuthBrowserFieldsTest, NoOtherOriginMayAskUnlessItIsListed) {
  const AuthDaemon closed({.config = "public_url: https://auth.example.org\n"});
  const HttpHeaders wish{{"Access-Control-Request-Method", "GET"}};
  EXPECT_FALSE(allows_anything(ask(closed, "OPTIONS", "/api/v1/auth/me", kApp, wish)));
  EXPECT_FALSE(allows_anything(ask(closed, "GET", "/.well-known/jwks.json", kApp)));

  const AuthDaemon open({.config = kFieldsConfig});
  for (const char* origin : {"https://evil.example", "null", "http://app.example.org",
                             "https://app.example.org.evil.example", "https://auth.example.org"}) {
    EXPECT_FALSE(allows_anything(ask(open, "OPTIONS", "/api/v1/auth/me", origin, wish))) << origin;
    const HttpAnswer read = ask(open, "GET", "/.well-known/jwks.json", origin);
    EXPECT_FALSE(allows_anything(read)) << origin;
    EXPECT_NE(read.header("Vary").find("Origin"), std::string::npos) << "no cache mixes them up";
  }
  EXPECT_FALSE(allows_anything(ask(open, "GET", "/auth/login", kApp))) << "pages are for people";
  EXPECT_FALSE(allows_anything(ask(open, "OPTIONS", "/auth/login", kApp, wish)));
}

TEST(AuthBrowserFieldsTest, AListedOriginAsksAndReads) {
  AuthDaemon daemon({.config = kFieldsConfig});
  daemon.create_user("alice", "user", kPassword);
  const HttpAnswer asked = ask(daemon, "OPTIONS", "/api/v1/users/me", kApp,
                               {{"Access-Control-Request-Method", "PATCH"},
                                {"Access-Control-Request-Headers", "authorization, content-type"}});
  EXPECT_EQ(asked.status, 204);
  EXPECT_EQ(asked.header("Access-Control-Allow-Origin"), kApp);
  EXPECT_EQ(asked.header("Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(asked.header("Access-Control-Allow-Methods"), "GET, POST, PATCH, DELETE");
  EXPECT_FALSE(allows_anything(
      ask(daemon, "OPTIONS", "/api/v1/users/me", kApp, {{"Access-Control-Request-Method", "PUT"}})));
  const std::string token = daemon.login("alice", kPassword).at("access_token");
  for (const std::string& bearer : {"Bearer " + token, std::string("Bearer x")}) {
    const HttpAnswer read = ask(daemon, "GET", "/api/v1/auth/me", kApp, {{"Authorization", bearer}});
    EXPECT_EQ(read.status, bearer.size() > 20 ? 200 : 401);
    EXPECT_EQ(read.header("Access-Control-Allow-Origin"), kApp) << "refusals are read as well";
    EXPECT_NE(read.header("Access-Control-Expose-Headers").find("RateLimit"), std::string::npos);
  }
}

// A listed origin reads with our cookie, and changes nothing with it.
TEST(AuthBrowserFieldsTest, AListedOriginChangesNothingWithOurCookie) {
  AuthDaemon daemon({.config = kFieldsConfig});
  daemon.create_user("alice", "user", kPassword);
  const HttpAnswer in =
      http_post(daemon.url("/api/v1/auth/login"),
                json{{"username", "alice"}, {"password", kPassword}, {"mode", "cookie"}}.dump(),
                {{"Content-Type", "application/json"}, {"Origin", "https://auth.example.org"}});
  ASSERT_EQ(in.status, 200) << in.body;
  const std::string cookie = in.header("Set-Cookie").substr(0, in.header("Set-Cookie").find(';'));
  const std::string csrf = json::parse(in.body).at("csrf_token");
  EXPECT_EQ(ask(daemon, "GET", "/api/v1/auth/me", kApp, {{"Cookie", cookie}}).status, 200);
  EXPECT_EQ(
      ask(daemon, "DELETE", "/api/v1/auth/devices/none", kApp, {{"Cookie", cookie}, {"X-CSRF-Token", csrf}})
          .status,
      403);
}

}  // namespace
}  // namespace picket::test
