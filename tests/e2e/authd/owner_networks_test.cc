// Owners are owners in their networks alone: every way to be one, over the API. Row 50 of the attacks in
// docs/security.md.
#include <gtest/gtest.h>

#include "tests/e2e/authd/auth_daemon.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr const char* kHome = "10.0.0.7";
constexpr const char* kElsewhere = "203.0.113.9";

/// As behind a proxy on this machine, which says where the client is.
const std::string kConfig =
    "public_url: https://auth.example.org\n"
    "trusted_proxies: [127.0.0.1/32]\n"
    "owner_networks: [10.0.0.0/8, 127.0.0.0/8]\n" +
    kRaisedLimits;

class AuthOwnerNetworksTest : public ::testing::Test {
 protected:
  AuthOwnerNetworksTest() {
    daemon_.create_user("root", "owner", kPassword);
    tokens_ = daemon_.login("root", kPassword);
    daemon_.enrol(tokens_, kPassword);
    key_ = json::parse(daemon_
                           .post("/api/v1/api-keys", {{"name", "ci"}, {"scopes", {"sessions:read"}}},
                                 tokens_.at("access_token"))
                           .body)
               .at("key");
  }
  HttpAnswer ask(const char* from, const std::string& method, const std::string& path, HttpHeaders headers,
                 const std::string& body = "") const {
    headers.emplace("X-Forwarded-For", from);
    if (headers.find("Content-Type") == headers.end()) headers.emplace("Content-Type", "application/json");
    return http_send({.method = method,
                      .url = daemon_.url(path),
                      .headers = std::move(headers),
                      .body = body,
                      .timeout = seconds(30)});
  }
  HttpAnswer login(const char* from, const std::string& password) const {
    return ask(from, "POST", "/api/v1/auth/login", {},
               json{{"username", "root"}, {"password", password}}.dump());
  }
  HttpHeaders bearer(const std::string& token) const { return {{"Authorization", "Bearer " + token}}; }

  AuthDaemon daemon_{AuthDaemonOptions{.config = kConfig}};
  json tokens_;
  std::string key_;
};

TEST_F(AuthOwnerNetworksTest, ATokenAndAKeyOpenNothingFromElsewhere) {
  const HttpHeaders token = bearer(tokens_.at("access_token"));
  const struct {
    const char* method;
    const char* path;
    HttpHeaders headers;
  } rows[] = {{"GET", "/api/v1/auth/me", token},
              {"GET", "/api/v1/users", token},
              {"GET", "/api/v1/auth/sessions", token},
              {"GET", "/api/v1/audit", token},
              {"GET", "/api/v1/blocks", token},
              {"GET", "/auth/account", token},
              {"POST", "/api/v1/auth/logout-all", token},
              {"DELETE", "/api/v1/users/x", token},
              {"GET", "/api/v1/auth/sessions", bearer(key_)},
              {"GET", "/api/v1/auth/sessions", {{"X-API-Key", key_}}}};
  for (const auto& row : rows) {
    const HttpAnswer answer = ask(kElsewhere, row.method, row.path, row.headers);
    EXPECT_EQ(answer.status, 403) << row.path << answer.body;
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json") << row.path;
  }
  for (const char* home : {kHome, "::ffff:10.0.0.8"}) {
    EXPECT_EQ(ask(home, "GET", "/api/v1/auth/me", token).status, 200) << home;
    EXPECT_EQ(ask(home, "GET", "/api/v1/auth/sessions", bearer(key_)).status, 200) << home;
  }
  const std::string log = ask(kHome, "GET", "/api/v1/audit?action=auth.owner_network&limit=100", token).body;
  const json events = json::parse(log).at("events");
  EXPECT_EQ(events.size(), std::size(rows)) << "each refusal once";
  for (const json& event : events) {
    EXPECT_EQ(event.at("ip"), kElsewhere);
    EXPECT_EQ(event.at("result"), "denied");
  }
}

TEST_F(AuthOwnerNetworksTest, ALoginFromElsewhereIsAWrongPassword) {
  const HttpAnswer wrong = login(kHome, kOther);
  EXPECT_EQ(wrong.status, 401);
  for (const char* password : {kPassword, kOther}) {
    const HttpAnswer answer = login(kElsewhere, password);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.body, wrong.body);
  }
  EXPECT_EQ(daemon_.metric(R"(authd_login_attempts_total{factor="password",reason="owner_network")"), 2);
  EXPECT_EQ(json::parse(login(kHome, kPassword).body).at("status"), "second_factor_required");
}

TEST_F(AuthOwnerNetworksTest, NeitherARefreshNorAProgramsTokenIsGivenThere) {
  const std::string body = json{{"refresh_token", tokens_.at("refresh_token")}}.dump();
  EXPECT_EQ(ask(kElsewhere, "POST", "/api/v1/auth/refresh", {}, body).status, 403);
  EXPECT_EQ(ask(kHome, "POST", "/api/v1/auth/refresh", {}, body).status, 200) << "nothing was spent";
  const std::string form = "grant_type=client_credentials&client_id=ci&client_secret=" + key_;
  const HttpHeaders type{{"Content-Type", "application/x-www-form-urlencoded"}};
  EXPECT_EQ(ask(kElsewhere, "POST", "/oauth2/token", type, form).status, 401);
  const HttpAnswer granted = ask(kHome, "POST", "/oauth2/token", type, form);
  ASSERT_EQ(granted.status, 200) << granted.body;
  const HttpHeaders program = bearer(json::parse(granted.body).at("access_token"));
  EXPECT_EQ(ask(kElsewhere, "GET", "/api/v1/auth/sessions", program).status, 403);
  EXPECT_EQ(ask(kHome, "GET", "/api/v1/auth/sessions", program).status, 200);
}

TEST_F(AuthOwnerNetworksTest, OthersAndStrangersComeFromAnywhere) {
  daemon_.create_user("alice", "user", kPassword);
  const HttpHeaders alice = bearer(daemon_.login("alice", kPassword).at("access_token"));
  EXPECT_EQ(ask(kElsewhere, "GET", "/api/v1/auth/me", alice).status, 200);
  EXPECT_EQ(ask(kElsewhere, "GET", "/auth/login", {}).status, 200);
  EXPECT_EQ(ask(kElsewhere, "GET", "/.well-known/jwks.json", bearer(tokens_.at("access_token"))).status, 200)
      << "what is everybody's stays so";
}

}  // namespace
}  // namespace picket::test
