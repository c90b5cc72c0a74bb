// What no other test asks of the API with success: so that each of its operations is held against the OpenAPI
// document (contract_test.cc).
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/smtp_server.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;

/// What stands behind `mark` in the text, up to where a line or a word ends.
std::string word_after(const std::string& text, const std::string& mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) return "";
  const std::string rest = text.substr(at + mark.size());
  return rest.substr(0, rest.find_first_of(" \r\n"));
}

class AuthEveryRouteTest : public ::testing::Test {
 protected:
  AuthEveryRouteTest() {
    daemon_.create_user("alice", "user", kPassword);
    alice_ = daemon_.login("alice", kPassword);
  }

  /// Fails unless it is answered so; the JSON of the answer, null when there is none.
  json call(const std::string& method, const std::string& path, const json& body, int status,
            const json& tokens = nullptr) const {
    const std::string token = tokens.is_null() ? "" : tokens.at("access_token").get<std::string>();
    const HttpAnswer answer = daemon_.send(method, path, body, token);
    EXPECT_EQ(answer.status, status) << method << " " << path << " " << answer.body << daemon_.log();
    return answer.body.starts_with('{') ? json::parse(answer.body) : json();
  }
  json post(const std::string& path, const json& body, int status, const json& tokens = nullptr) const {
    return call("POST", path, body, status, tokens);
  }
  json get(const std::string& path, const json& tokens) const {
    return call("GET", path, nullptr, 200, tokens);
  }

  /// The word after `mark` in the newest mail to that address that has it.
  std::string mailed(const std::string& address, const std::string& mark) const {
    std::string word;
    wait_until(seconds(10), [&] {
      for (const Mail& mail : smtp_.mails()) {
        const std::string found = mail.to.front() == address ? word_after(mail.text, mark) : "";
        if (!found.empty()) word = found;
      }
      return !word.empty();
    });
    return word;
  }

  json owner() {
    daemon_.create_user("root", "owner", kPassword);
    json tokens = daemon_.login("root", kPassword);
    daemon_.enrol(tokens, kPassword);
    return tokens;
  }

  SmtpServer smtp_;
  AuthDaemon daemon_{AuthDaemonOptions{.config = kRaisedLimits +
                                                 "public_url: https://auth.example.org\n"
                                                 "mail: {from: auth@example.org, smtp: {smarthost: \"" +
                                                 smtp_.target() + "\", require_tls: false}}\n"}};
  json alice_;
};

TEST_F(AuthEveryRouteTest, CodesByMailAreAskedForAndTakenAway) {
  const json setup{{"method", "email"}, {"password", kPassword}};
  alice_ = post("/api/v1/auth/2fa/setup", setup, 200, alice_);
  EXPECT_EQ(get("/api/v1/auth/2fa", alice_).at("email"), true);
  const json required = post("/api/v1/auth/login", {{"username", "alice"}, {"password", kPassword}}, 200);
  ASSERT_EQ(required.at("status"), "second_factor_required");
  const json& challenge = required.at("challenge");
  post("/api/v1/auth/2fa/challenge", {{"challenge", challenge}, {"method", "email"}}, 202);
  const std::string code = mailed("alice@example.org", "your code is ");
  alice_ =
      post("/api/v1/auth/2fa/complete", {{"challenge", challenge}, {"method", "email"}, {"code", code}}, 200);
  alice_ = post("/api/v1/auth/2fa/disable", setup, 200, alice_);
  EXPECT_EQ(get("/api/v1/auth/2fa", alice_).at("email"), false);
}

TEST_F(AuthEveryRouteTest, BackupCodesAreRenewedAndRememberADevice) {
  daemon_.enrol(alice_, kPassword);
  alice_ = post("/api/v1/auth/2fa/backup-codes", {{"password", kPassword}}, 200, alice_);
  const json required = post("/api/v1/auth/login", {{"username", "alice"}, {"password", kPassword}}, 200);
  const json login = post("/api/v1/auth/2fa/complete",
                          {{"challenge", required.at("challenge")},
                           {"method", "backup_code"},
                           {"code", alice_.at("backup_codes").at(0)},
                           {"remember_device", true}},
                          200);
  EXPECT_TRUE(login.contains("device_token"));
  EXPECT_EQ(get("/api/v1/auth/2fa", login).at("backup_codes_left"), 9);
  const json devices = get("/api/v1/auth/devices", login).at("devices");
  ASSERT_EQ(devices.size(), 1U);
  call("DELETE", "/api/v1/auth/devices/" + devices.at(0).at("id").get<std::string>(), nullptr, 204, login);
  EXPECT_TRUE(get("/api/v1/auth/devices", login).at("devices").empty());
}

TEST_F(AuthEveryRouteTest, PasswordsAreChangedAndSetByMailedLink) {
  alice_ =
      post("/api/v1/auth/password", {{"current_password", kPassword}, {"new_password", kOther}}, 200, alice_);
  post("/api/v1/auth/password/forgot", {{"username", "alice"}}, 202);
  const std::string token = mailed("alice@example.org", "/auth/reset?token=");
  post("/api/v1/auth/password/reset", {{"token", token}, {"new_password", "short"}}, 422);
  post("/api/v1/auth/password/reset", {{"token", token}, {"new_password", kPassword}}, 204);
  const json back = daemon_.login("alice", kPassword);
  EXPECT_EQ(post("/api/v1/auth/logout-all", nullptr, 200, back).at("api_keys"), 0);
  call("GET", "/api/v1/auth/me", nullptr, 401, back);
}

TEST_F(AuthEveryRouteTest, AnOwnerInvitesMakesAndStopsAccounts) {
  const json root = owner();
  post("/api/v1/users", {{"email", "bob@example.org"}, {"role", "manager"}}, 202, root);
  const std::string token = mailed("bob@example.org", "/auth/invitation?token=");
  post("/api/v1/auth/invitation", {{"token", token}, {"username", "bob"}, {"password", kPassword}}, 204);
  EXPECT_EQ(get("/api/v1/auth/me", daemon_.login("bob", kPassword)).at("role"), "manager");

  const json carol =
      post("/api/v1/users", {{"username", "carol"}, {"email", "carol@example.org"}}, 201, root);
  const std::string one = "/api/v1/users/" + carol.at("id").get<std::string>();
  EXPECT_NE(mailed("carol@example.org", "/auth/reset?token="), "");
  EXPECT_EQ(post(one + "/suspend", nullptr, 200, root).at("status"), "suspended");
  EXPECT_EQ(post(one + "/activate", nullptr, 200, root).at("status"), "active");
  EXPECT_EQ(post(one + "/unlock", nullptr, 200, root).at("cleared"), 0);
  post(one + "/password-link", nullptr, 202, root);
  call("DELETE", one, nullptr, 204, root);
  call("GET", one, nullptr, 404, root);
}

TEST_F(AuthEveryRouteTest, AnOwnerBlocksReadsTheAuditLogAndForgetsLimits) {
  const json root = owner();
  post("/api/v1/blocks", {{"prefix", "203.0.113.0/24"}, {"duration", "2h"}, {"reason", "test"}}, 201, root);
  const json alert{{"status", "firing"}, {"labels", {{"block_prefix", "198.51.100.7"}, {"alertname", "A"}}}};
  const json bad{{"status", "firing"}, {"labels", {{"block_prefix", "nowhere"}}}};
  const json taken = post("/api/v1/blocks/webhook", {{"version", "4"}, {"alerts", {alert, bad}}}, 200, root);
  EXPECT_EQ(taken.at("blocked").size(), 1U);
  EXPECT_EQ(taken.at("refused").size(), 1U);
  EXPECT_EQ(get("/api/v1/blocks", root).at("blocks").size(), 2U);
  call("DELETE", "/api/v1/blocks/203.0.113.0/24", nullptr, 204, root);
  EXPECT_EQ(get("/api/v1/blocks", root).at("blocks").size(), 1U);

  EXPECT_EQ(get("/api/v1/audit/verify", root).at("intact"), true);
  const std::string token = root.at("access_token");
  EXPECT_NE(daemon_.get("/api/v1/audit/export", token).body.find("blocks.create"), std::string::npos);
  call("DELETE", "/api/v1/ratelimit/ai%3Aquery/alice", nullptr, 204, root);
}

TEST_F(AuthEveryRouteTest, SomebodyGetsALimitOfHisOwn) {
  const json root = owner();
  const std::string own =
      "/api/v1/users/" + get("/api/v1/auth/me", alice_).at("id").get<std::string>() + "/limits";
  EXPECT_EQ(call("PUT", own + "/ai%3Aquery", {{"limit", 600}}, 200, root).at("limit"), 600);
  const json limits = get("/api/v1/users/me/limits", alice_).at("limits");
  ASSERT_EQ(limits.size(), 1U);
  EXPECT_EQ(limits.at(0).at("tier"), "ai:query");
  call("PUT", own + "/ai%3Aquery", {{"limit", 1000}}, 403, alice_);
  call("PUT", own + "/ai%3Aquery", {{"limit", 0}}, 400, root);
  call("PUT", own + "/nothing", {{"limit", 10}}, 404, root);
  call("DELETE", own + "/ai%3Aquery", nullptr, 204, root);
  call("DELETE", own + "/ai%3Aquery", nullptr, 404, root);
  const json noted = get("/api/v1/audit?action=limits.override", root).at("events");
  EXPECT_EQ(noted.at(0).at("details").at("tier"), "nothing") << "what failed is written down, too";
  EXPECT_EQ(noted.at(1).at("details").at("limit"), "600");
}

TEST_F(AuthEveryRouteTest, AKeyIsUsedCountedAndEnded) {
  const json key = post("/api/v1/api-keys", {{"name", "ci"}, {"scopes", {"sessions:read"}}}, 201, alice_);
  EXPECT_EQ(daemon_.get("/api/v1/auth/sessions", key.at("key")).status, 200);
  const std::string one = "/api/v1/api-keys/" + key.at("id").get<std::string>();
  EXPECT_TRUE(get(one + "/usage", alice_).at("api_usage").is_array());
  call("DELETE", one, nullptr, 204, alice_);
  EXPECT_EQ(daemon_.get("/api/v1/auth/sessions", key.at("key")).status, 401);
}

TEST_F(AuthEveryRouteTest, EnvoyAsksWithTheWholePath) {
  const HttpAnswer answer =
      http_send({.url = daemon_.url("/api/v1/auth/envoy/reports"),
                 .headers = {{"Authorization", "Bearer " + alice_.at("access_token").get<std::string>()},
                             {"X-Forwarded-Proto", "https"}}});
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("Remote-User"), "alice");
}

}  // namespace
}  // namespace picket::test
