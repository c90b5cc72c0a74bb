// The OAuth 2.0 faces, as the RFCs have them, and the fields of limited answers. The numbers are those of the
// tables in docs/security.md.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "base/text/encoding.h"
#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using testing::Each;

class AuthOauthTest : public ::testing::Test {
 protected:
  AuthOauthTest()
      : daemon_(AuthDaemonOptions{
            .config = "public_url: http://127.0.0.1:" + std::to_string(port_) + "\n" + kRaisedLimits,
            .port = port_}) {
    daemon_.create_user("alice", "user", kPassword);
    tokens_ = daemon_.login("alice", kPassword);
  }
  HttpAnswer form(const std::string& path, const std::string& body, const std::string& token = "") const {
    HttpHeaders headers{{"Content-Type", "application/x-www-form-urlencoded"}};
    if (!token.empty()) headers.emplace("Authorization", "Bearer " + token);
    return http_send({.method = "POST", .url = daemon_.url(path), .headers = headers, .body = body});
  }
  std::string access() const { return tokens_.at("access_token"); }
  std::string make_key() const {
    const HttpAnswer made =
        daemon_.post("/api/v1/api-keys", {{"name", "ci"}, {"scopes", {"sessions:read"}}}, access());
    return json::parse(made.body).at("key");
  }

  const int port_ = free_port();
  AuthDaemon daemon_;
  json tokens_;
};

// Line 40: RFC 6749 5.1 and 5.2.
TEST_F(AuthOauthTest, ErrorsOfTheTokenEndpointHaveTheirNames) {
  const std::string secret = "&client_id=ci&client_secret=" + make_key();
  const std::string grant = "grant_type=client_credentials";
  const struct {
    std::string body;
    int status;
    const char* error;
  } rows[] = {{grant + "&client_id=ci&client_secret=wrong", 401, "invalid_client"},
              {grant, 401, "invalid_client"},
              {"grant_type=password&username=alice&password=x", 400, "unsupported_grant_type"},
              {secret.substr(1), 400, "invalid_request"},
              {grant + secret + "&scope=users:delete", 400, "invalid_scope"},
              {grant + secret + "&scope=*", 400, "invalid_scope"},
              {grant + secret + "&scope=sessions:read&scope=users:read", 400, "invalid_request"},
              {grant + "&x=%zz", 400, "invalid_request"}};
  for (const auto& row : rows) {
    const HttpAnswer answer = form("/oauth2/token", row.body);
    EXPECT_EQ(answer.status, row.status) << row.body << answer.body;
    EXPECT_EQ(json::parse(answer.body).value("error", ""), row.error) << row.body;
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    EXPECT_EQ(answer.header("WWW-Authenticate").empty(), row.status != 401);
  }
  const HttpAnswer as_json = daemon_.post("/oauth2/token", {{"grant_type", "client_credentials"}});
  EXPECT_EQ(as_json.status, 400);
  const HttpAnswer fine = form("/oauth2/token", grant + secret);
  EXPECT_EQ(fine.status, 200) << fine.body;
  EXPECT_EQ(fine.header("Cache-Control"), "no-store");
  for (const char* path : {"/api/v1/auth/login", "/api/v1/auth/refresh"})
    EXPECT_EQ(daemon_.post(path, {{"refresh_token", "x"}}).header("Cache-Control"), "no-store") << path;
}

// RFC 6749 2.3: one way of authenticating, and 2.3.1: as in a form.
TEST_F(AuthOauthTest, AClientShowsItsSecretInOneWayAndMayEscapeIt) {
  const std::string key = make_key();
  const auto ask = [&](const std::string& path, HttpHeaders headers, const std::string& body) {
    headers.emplace("Content-Type", "application/x-www-form-urlencoded");
    return http_send({.method = "POST", .url = daemon_.url(path), .headers = headers, .body = body});
  };
  const auto basic = [](const std::string& pair) {
    return HttpHeaders{{"Authorization", "Basic " + base64_encode(pair)}};
  };
  std::string escaped;
  for (const char c : key) escaped += fmt::format("%{:02X}", static_cast<int>(c));
  const std::string grant = "grant_type=client_credentials";
  for (const std::string& secret : {key, escaped})
    EXPECT_EQ(ask("/oauth2/token", basic("ci%20job:" + secret), grant).status, 200) << secret;
  EXPECT_EQ(ask("/oauth2/token", basic("ci:%zz"), grant).status, 401);
  for (const char* path : {"/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"}) {
    const std::string body = fmt::format("{}&token=x&client_id=ci&client_secret={}", grant, key);
    for (const HttpHeaders& headers :
         {basic("ci:" + key), HttpHeaders{{"Authorization", "Bearer " + access()}},
          HttpHeaders{{"X-API-Key", key}}}) {
      const HttpAnswer twice = ask(path, headers, body);
      EXPECT_EQ(twice.status, 400) << path;
      EXPECT_EQ(json::parse(twice.body).at("error"), "invalid_request") << path;
    }
  }
}

// RFC 7009 2.1: who asks is who they say, and the token is theirs.
TEST_F(AuthOauthTest, NobodyRevokesWhatIsAnothers) {
  const std::string refresh = "token=" + tokens_.at("refresh_token").get<std::string>();
  EXPECT_EQ(form("/oauth2/revoke", refresh + "&client_secret=wrong").status, 401);
  const HttpAnswer bad_bearer = form("/oauth2/revoke", refresh, "a.b.c");
  EXPECT_EQ(bad_bearer.status, 401);
  EXPECT_TRUE(bad_bearer.header("WWW-Authenticate").starts_with("Bearer")) << "RFC 6750 3";
  daemon_.create_user("bob", "user", kPassword);
  const std::string bob = daemon_.login("bob", kPassword).at("access_token");
  const std::string bobs_key =
      json::parse(daemon_.post("/api/v1/api-keys", {{"name", "k"}, {"scopes", {"sessions:*"}}}, bob).body)
          .at("key");
  const std::string reader = make_key();
  for (const std::string& other : {bobs_key, reader}) {
    for (const std::string& token : {refresh, "token=" + access()}) {
      const HttpAnswer refused = form("/oauth2/revoke", fmt::format("{}&client_secret={}", token, other));
      EXPECT_EQ(refused.status, 400) << refused.body;
      EXPECT_EQ(json::parse(refused.body).at("error"), "unauthorized_client");
    }
  }
  EXPECT_EQ(form("/oauth2/revoke", refresh, bob).status, 400);
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", access()).status, 200) << "nothing of it happened";
}

TEST_F(AuthOauthTest, AProgramsTokenEndsWhenItIsRevokedOrItsKeyIs) {
  const HttpAnswer made =
      daemon_.post("/api/v1/api-keys", {{"name", "ci"}, {"scopes", {"sessions:read"}}}, access());
  const json key = json::parse(made.body);
  const std::string secret = "&client_secret=" + key.at("key").get<std::string>();
  const auto issued = [&] {
    return json::parse(form("/oauth2/token", "grant_type=client_credentials" + secret).body)
        .at("access_token")
        .get<std::string>();
  };
  const auto status = [&](const std::string& token) {
    return daemon_.get("/api/v1/auth/sessions", token).status;
  };
  const std::string one = issued();
  const std::string two = issued();
  EXPECT_EQ(form("/oauth2/revoke", "token=" + one).status, 401) << "its client shows its secret";
  EXPECT_EQ(form("/oauth2/revoke", "token=" + one + "&client_secret=" + make_key()).status, 400);
  EXPECT_EQ(status(one), 200);
  EXPECT_EQ(form("/oauth2/revoke", "token=" + one + secret).status, 200);
  EXPECT_EQ(status(one), 401);
  const json me = json::parse(daemon_.get("/api/v1/auth/me", access()).body);
  std::stringstream log(daemon_.authctl({"audit", "export"}).output);
  std::vector<std::string> actors;
  for (std::string line; std::getline(log, line);) {
    const json event = json::parse(line);
    if (event.at("action") == "tokens.revoke") actors.push_back(event.at("userId"));
  }
  EXPECT_EQ(actors, std::vector<std::string>{me.at("id")}) << "the audit log names who did it";
  EXPECT_EQ(form("/oauth2/introspect", "token=" + one, access()).body, R"({"active":false})");
  EXPECT_EQ(status(two), 200) << "that one alone";
  daemon_.send("DELETE", "/api/v1/api-keys/" + key.at("id").get<std::string>(), nullptr, access());
  EXPECT_EQ(status(two), 401);
}

// RFC 7662 2.2 and 2.3.
TEST_F(AuthOauthTest, IntrospectionKnowsRefreshTokensThatAreGood) {
  const auto ask = [&](const json& tokens) {
    return json::parse(
        form("/oauth2/introspect", "token=" + tokens.at("refresh_token").get<std::string>(), access()).body);
  };
  const json seen = ask(tokens_);
  EXPECT_EQ(seen.at("active"), true);
  EXPECT_EQ(seen.at("username"), "alice");
  EXPECT_FALSE(seen.contains("token_type"));
  const json next = json::parse(
      daemon_.post("/api/v1/auth/refresh", {{"refresh_token", tokens_.at("refresh_token")}}).body);
  EXPECT_EQ(ask(tokens_), json({{"active", false}})) << "spent";
  EXPECT_EQ(ask(next).at("active"), true);
  const HttpAnswer bad = form("/oauth2/introspect", "token=x", "a.b.c");
  EXPECT_EQ(bad.status, 401);
  EXPECT_EQ(bad.header("WWW-Authenticate"), R"(Bearer realm="picket", error="invalid_token")");
}

// Line 41: RFC 7009 2.2.
TEST_F(AuthOauthTest, RevokingARefreshTokenEndsItsAccessTokens) {
  for (const char* unknown :
       {"token=nonsense", "token=prt_AAAA&token_type_hint=refresh_token", "token=a.b.c"})
    EXPECT_EQ(form("/oauth2/revoke", unknown).status, 200) << unknown;
  EXPECT_EQ(form("/oauth2/revoke", "").status, 400);
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", access()).status, 200);
  EXPECT_EQ(form("/oauth2/revoke", "token=" + tokens_.at("refresh_token").get<std::string>()).status, 200);
  EXPECT_TRUE(wait_until(seconds(1), [&] { return daemon_.get("/api/v1/auth/me", access()).status == 401; }));
  EXPECT_EQ(daemon_.post("/api/v1/auth/refresh", {{"refresh_token", tokens_.at("refresh_token")}}).status,
            401);
}

// Line 42: RFC 7662 2.1 and 2.2.
TEST_F(AuthOauthTest, OnlyWhoIsSomebodyMayAskAboutTokens) {
  const std::string question = "token=" + access();
  EXPECT_EQ(form("/oauth2/introspect", question).status, 401);
  EXPECT_EQ(form("/oauth2/introspect", question + "&client_secret=wrong").status, 401);
  const json seen = json::parse(form("/oauth2/introspect", question, access()).body);
  EXPECT_EQ(seen.at("active"), true);
  EXPECT_EQ(seen.at("username"), "alice");
  daemon_.create_user("bob", "user", kPassword);
  const std::string bob = daemon_.login("bob", kPassword).at("access_token");
  const std::string refresh = "token=" + tokens_.at("refresh_token").get<std::string>();
  for (const std::string& about : {std::string("token=x"), std::string("token=a.b.c"), question, refresh})
    EXPECT_EQ(form("/oauth2/introspect", about, bob).body, R"({"active":false})") << about;
}

// Line 43: RFC 8414 3.3.
TEST_F(AuthOauthTest, EveryEndpointOfTheMetadataAnswers) {
  const std::string origin = "http://127.0.0.1:" + std::to_string(port_);
  const HttpAnswer found = daemon_.get("/.well-known/oauth-authorization-server");
  const json metadata = json::parse(found.body);
  EXPECT_EQ(metadata.at("issuer"), origin);
  for (const char* name : {"token", "introspection", "revocation"})
    EXPECT_FALSE(metadata.at(std::string(name) + "_endpoint_auth_methods_supported").empty()) << name;
  EXPECT_EQ(daemon_.get("/.well-known/oauth-authorization-server/x").status, 404);
  for (const char* name : {"token_endpoint", "introspection_endpoint", "revocation_endpoint"}) {
    const std::string url = metadata.at(name);
    ASSERT_TRUE(url.starts_with(origin + "/")) << url;
    const int status = form(url.substr(origin.size()), "x=y").status;
    EXPECT_TRUE(status == 400 || status == 401) << url << status;
  }
  const HttpAnswer keys = http_get(metadata.at("jwks_uri"));
  EXPECT_EQ(keys.status, 200);
  const json set = json::parse(keys.body);
  for (const json& key : set.at("keys")) {
    EXPECT_FALSE(key.contains("d")) << "the private half";
    EXPECT_TRUE(key.contains("kid"));
  }
}

std::string issuer_in(const std::string& token) {
  const std::size_t begin = token.find('.') + 1;
  const auto claims = base64url_decode(std::string_view(token).substr(begin, token.find('.', begin) - begin));
  return claims ? json::parse(*claims).at("iss").get<std::string>() : "no token: " + token;
}

/// Wherever authd names itself to programs.
std::vector<std::string> issuers_told(const AuthDaemon& daemon) {
  const std::string access = daemon.login("alice", kPassword).at("access_token");
  const HttpAnswer allowed = daemon.verify(access, "https://app.example.org/");
  const HttpAnswer seen = http_send({.method = "POST",
                                     .url = daemon.url("/oauth2/introspect"),
                                     .headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                                                 {"Authorization", "Bearer " + access}},
                                     .body = "token=" + access});
  return {issuer_in(access), issuer_in(allowed.header("X-Picket-Identity")), json::parse(seen.body).at("iss"),
          json::parse(daemon.get("/.well-known/oauth-authorization-server").body).at("issuer")};
}

TEST(AuthIssuerTest, IsTheConfiguredOneEverywhereAlsoAfterAReload) {
  const auto config = [](const std::string& issuer) {
    return "public_url: https://auth.example.org\ntokens: {issuer: \"" + issuer + "\"}\n";
  };
  AuthDaemon daemon(AuthDaemonOptions{.config = config("https://one.example.org")});
  daemon.create_user("alice", "user", kPassword);
  EXPECT_THAT(issuers_told(daemon), Each("https://one.example.org"));
  daemon.write("authd.yml", config("https://two.example.org"));
  ASSERT_EQ(daemon.post("/-/reload", nullptr).status, 200);
  EXPECT_THAT(issuers_told(daemon), Each("https://two.example.org"));
  const json metadata = json::parse(daemon.get("/.well-known/oauth-authorization-server").body);
  EXPECT_EQ(metadata.at("jwks_uri"), "https://auth.example.org/.well-known/jwks.json")
      << "where it is reached";
}

// RFC 8414 3.1.
TEST(AuthIssuerTest, WithAPathIsFoundWhereTheRfcLooks) {
  const AuthDaemon daemon(AuthDaemonOptions{.config = "public_url: https://auth.example.org/sso\ntokens: "
                                                      "{issuer: \"https://auth.example.org/sso/a\"}\n"});
  const HttpAnswer found = daemon.get("/.well-known/oauth-authorization-server/sso/a");
  ASSERT_EQ(found.status, 200);
  EXPECT_EQ(json::parse(found.body).at("issuer"), "https://auth.example.org/sso/a");
  for (const char* other : {"/sso", "/sso/a/b", "/other"})
    EXPECT_EQ(daemon.get("/.well-known/oauth-authorization-server" + std::string(other)).status, 404)
        << other;
}

// Line 52. The limits are those of an empty configuration.
TEST(AuthLimitsTest, ALimitedAnswerSaysWhenToComeBack) {
  const AuthDaemon daemon;
  HttpAnswer answer;
  for (int i = 0; i < 6; ++i)
    answer = daemon.post("/api/v1/auth/login", {{"username", "nobody"}, {"password", "x"}});
  EXPECT_EQ(answer.status, 429) << answer.body;
  const std::string wait = answer.header("Retry-After");
  EXPECT_TRUE(!wait.empty() && std::ranges::all_of(wait, [](char c) { return c >= '0' && c <= '9'; }))
      << wait;
  EXPECT_NE(answer.header("RateLimit"), "");
  EXPECT_NE(answer.header("RateLimit-Policy"), "");
  EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
  const HttpAnswer fine = daemon.get("/api/v1/auth/me");
  EXPECT_EQ(fine.status, 401);
  EXPECT_NE(fine.header("RateLimit"), "") << "also while there is room";
}

// Line 46.
TEST(AuthLimitsTest, PagesForbidFramesSniffingAndForeignContent) {
  const AuthDaemon daemon;
  const HttpAnswer page = daemon.get("/auth/login");
  EXPECT_EQ(page.status, 200);
  const std::string policy = page.header("Content-Security-Policy");
  for (const char* part :
       {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"})
    EXPECT_NE(policy.find(part), std::string::npos) << policy;
  EXPECT_EQ(policy.find("unsafe"), std::string::npos) << policy;
  EXPECT_EQ(page.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(page.header("X-Frame-Options"), "DENY");
  EXPECT_EQ(page.header("Referrer-Policy"), "same-origin");
  EXPECT_EQ(page.body.find("<script"), std::string::npos);
}

}  // namespace
}  // namespace picket::test
