// Who may do what to whom, over the API. The numbers are those of the tables in docs/security.md.
#include <gtest/gtest.h>

#include <map>

#include "tests/e2e/authd/auth_daemon.h"

namespace picket::test {
namespace {

using nlohmann::json;

class AuthRightsTest : public ::testing::Test {
 protected:
  AuthRightsTest() {
    for (const char* role : {"owner", "admin", "manager", "user"}) {
      const std::string name = std::string("the-") + role;
      daemon_.create_user(name, role, kPassword);
      json tokens = daemon_.login(name, kPassword);
      if (tokens.contains("status")) daemon_.enrol(tokens, kPassword);
      tokens_[role] = tokens.at("access_token");
      ids_[role] = json::parse(daemon_.get("/api/v1/auth/me", tokens_[role]).body).at("id");
    }
    daemon_.create_user("bob", "user", kPassword);
    bob_token_ = daemon_.login("bob", kPassword).at("access_token");
    bob_ = json::parse(daemon_.get("/api/v1/auth/me", bob_token_).body).at("id");
  }
  int status_of(const std::string& method, const std::string& path, const json& body,
                const std::string& role) {
    return daemon_.send(method, path, body, tokens_.at(role)).status;
  }

  AuthDaemon daemon_{AuthDaemonOptions{.config = kRaisedLimits}};
  std::map<std::string, std::string> tokens_, ids_;
  std::string bob_, bob_token_;
};

// Row 48, line 36: what is another's does not even exist.
TEST_F(AuthRightsTest, AUserReachesNothingOfAnother) {
  const json sessions = json::parse(daemon_.get("/api/v1/auth/sessions", bob_token_).body).at("sessions");
  const std::string session = sessions.at(0).at("id");
  const HttpAnswer key =
      daemon_.post("/api/v1/api-keys", {{"name", "ci"}, {"scopes", {"sessions:read"}}}, bob_token_);
  const std::string key_id = json::parse(key.body).at("id");
  const struct {
    const char* method;
    std::string path;
    json body;
  } rows[] = {{"GET", "/api/v1/users", nullptr},
              {"GET", "/api/v1/users/" + bob_, nullptr},
              {"PATCH", "/api/v1/users/" + bob_, {{"email", "x@example.org"}}},
              {"DELETE", "/api/v1/users/" + bob_, nullptr},
              {"POST", "/api/v1/users/" + bob_ + "/role", {{"role", "guest"}}},
              {"POST", "/api/v1/users/" + bob_ + "/suspend", nullptr},
              {"POST", "/api/v1/users/" + bob_ + "/activate", nullptr},
              {"POST", "/api/v1/users/" + bob_ + "/unlock", nullptr},
              {"POST", "/api/v1/users/" + bob_ + "/reset-2fa", nullptr},
              {"POST", "/api/v1/users/" + bob_ + "/password-link", nullptr},
              {"GET", "/api/v1/auth/sessions?user=" + bob_, nullptr},
              {"DELETE", "/api/v1/auth/sessions/" + session, nullptr},
              {"GET", "/api/v1/api-keys?user=" + bob_, nullptr},
              {"GET", "/api/v1/api-keys/" + key_id + "/usage", nullptr},
              {"DELETE", "/api/v1/api-keys/" + key_id, nullptr},
              {"GET", "/api/v1/audit?user=" + bob_, nullptr},
              {"GET", "/api/v1/audit/export", nullptr},
              {"GET", "/api/v1/blocks", nullptr},
              {"POST", "/api/v1/blocks", {{"prefix", "203.0.113.0/24"}}},
              {"POST", "/api/v1/users", {{"email", "x@example.org"}}}};
  for (const auto& row : rows) {
    const int status = status_of(row.method, row.path, row.body, "user");
    EXPECT_TRUE(status == 403 || status == 404) << row.method << " " << row.path << ": " << status;
  }
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", bob_token_).status, 200) << "nothing of it happened";
  EXPECT_EQ(daemon_.get("/api/v1/auth/sessions", json::parse(key.body).at("key")).status, 200);
}

// Row 48: a lower role, an equal one, oneself.
TEST_F(AuthRightsTest, NobodyActsUpwardsSidewaysOrOnTheLastOwner) {
  const struct {
    const char* actor;
    const char* subject;
    const char* path;
    json body;
  } rows[] = {
      {"admin", "owner", "/suspend", nullptr},         {"admin", "owner", "/role", {{"role", "user"}}},
      {"admin", "owner", "/reset-2fa", nullptr},       {"admin", "owner", "/password-link", nullptr},
      {"admin", "user", "/role", {{"role", "owner"}}}, {"admin", "admin", "/role", {{"role", "owner"}}},
      {"manager", "user", "/suspend", nullptr},        {"manager", "manager", "/role", {{"role", "admin"}}},
      {"user", "user", "/role", {{"role", "admin"}}},  {"owner", "owner", "/suspend", nullptr},
      {"owner", "owner", "/role", {{"role", "user"}}}};
  for (const auto& row : rows) {
    const std::string path = "/api/v1/users/" + ids_[row.subject] + row.path;
    const int status = status_of("POST", path, row.body, row.actor);
    EXPECT_TRUE(status == 403 || status == 404 || status == 409)
        << row.actor << " " << row.subject << row.path << ": " << status;
  }
  EXPECT_GE(status_of("DELETE", "/api/v1/users/" + ids_["owner"], nullptr, "owner"), 400);
  EXPECT_GE(status_of("DELETE", "/api/v1/users/" + ids_["owner"], nullptr, "admin"), 400);
  for (const auto& [role, id] : ids_) {
    const json user = json::parse(daemon_.get("/api/v1/users/" + id, tokens_["owner"]).body);
    EXPECT_EQ(user.at("role"), role);
    EXPECT_EQ(user.at("status"), "active") << role;
  }
}

// Row 48: what an account was granted is its owner's, as the account is.
TEST_F(AuthRightsTest, NobodyEndsSessionsOrKeysUpwards) {
  const std::string owner = tokens_["owner"];
  const json key =
      json::parse(daemon_.post("/api/v1/api-keys", {{"name", "k"}, {"scopes", {"users:read"}}}, owner).body);
  const json sessions =
      json::parse(daemon_.get("/api/v1/auth/sessions?user=" + ids_["owner"], tokens_["admin"]).body)
          .at("sessions");
  ASSERT_FALSE(sessions.empty());
  for (const json& session : sessions) {
    const std::string path = "/api/v1/auth/sessions/" + session.at("id").get<std::string>();
    EXPECT_EQ(status_of("DELETE", path, nullptr, "admin"), 403);
    EXPECT_EQ(status_of("DELETE", path, nullptr, "manager"), 404) << "who may not see it";
  }
  const std::string path = "/api/v1/api-keys/" + key.at("id").get<std::string>();
  EXPECT_EQ(status_of("DELETE", path, nullptr, "admin"), 403);
  EXPECT_EQ(status_of("DELETE", path, nullptr, "user"), 404);
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", owner).status, 200);
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", key.at("key")).status, 200);
  EXPECT_EQ(status_of("PUT", "/api/v1/users/" + ids_["owner"] + "/limits/auth", {{"limit", 1}}, "admin"),
            403);
  EXPECT_EQ(status_of("POST", "/api/v1/users/" + ids_["owner"] + "/unlock", nullptr, "admin"), 403);
  EXPECT_EQ(status_of("POST", "/api/v1/users/me/reset-2fa", nullptr, "owner"), 403) << "not without a proof";
}

// Line 15.
TEST_F(AuthRightsTest, ALostFactorIsResetFromAboveAuditedAndEndsEveryGrant) {
  json tokens = daemon_.login("bob", kPassword);
  daemon_.enrol(tokens, kPassword);
  const std::string path = "/api/v1/users/" + bob_ + "/reset-2fa";
  for (const char* role : {"user", "manager"}) EXPECT_GE(status_of("POST", path, nullptr, role), 400) << role;
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", tokens.at("access_token")).status, 200);
  EXPECT_EQ(status_of("POST", path, nullptr, "admin"), 204);
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", tokens.at("access_token")).status, 401);
  EXPECT_EQ(daemon_.post("/api/v1/auth/refresh", {{"refresh_token", tokens.at("refresh_token")}}).status,
            401);
  EXPECT_TRUE(daemon_.login("bob", kPassword).contains("access_token")) << "the password alone, again";
  const json events =
      json::parse(daemon_.get("/api/v1/audit?action=factors.reset", tokens_["owner"]).body).at("events");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events.at(0).at("userId"), ids_["admin"]);
  EXPECT_EQ(events.at(0).at("resource"), "user:" + bob_);
}

// Row 48: what a manager sees of an address is no address.
TEST_F(AuthRightsTest, AMaskIsShownAndNeverStored) {
  const std::string path = "/api/v1/users/" + bob_;
  const std::string shown = json::parse(daemon_.get(path, tokens_["manager"]).body).at("email");
  EXPECT_EQ(shown.find("bob@"), std::string::npos) << shown;
  const int as_shown = status_of("PATCH", path, {{"email", shown}}, "admin");
  EXPECT_TRUE(as_shown == 200 || as_shown == 400) << as_shown;
  EXPECT_EQ(status_of("PATCH", path, {{"email", "x***@y***.org"}}, "admin"), 400);
  EXPECT_EQ(json::parse(daemon_.get(path, tokens_["admin"]).body).at("email"), "bob@example.org");
}

// Line 16.
TEST_F(AuthRightsTest, NoAdministratorSetsOrReadsAPassword) {
  for (const char* field : {"password", "password_hash", "new_password", "totp_secret", "epoch"}) {
    EXPECT_EQ(status_of("POST", "/api/v1/users",
                        {{"username", "carol"}, {"email", "carol@example.org"}, {field, kPassword}}, "owner"),
              400)
        << field;
    const int patched = status_of("PATCH", "/api/v1/users/" + bob_, {{field, kPassword}}, "owner");
    EXPECT_TRUE(patched == 400 || patched == 403) << field << patched;
  }
  const std::string shown = daemon_.get("/api/v1/users/" + bob_, tokens_["owner"]).body;
  EXPECT_EQ(shown.find("argon2"), std::string::npos);
  daemon_.login("bob", kPassword);
}

// Line 34: a person and an administrator list and end sessions and keys.
TEST_F(AuthRightsTest, SessionsAndKeysAreListedAndEnded) {
  const std::string second = daemon_.login("bob", kPassword).at("access_token");
  const auto sessions = [&](const std::string& query, const std::string& token) {
    return json::parse(daemon_.get("/api/v1/auth/sessions" + query, token).body).at("sessions");
  };
  const json own = sessions("", bob_token_);
  ASSERT_EQ(own.size(), 2U);
  for (const json& session : own) {
    if (session.at("current") == true) continue;
    EXPECT_EQ(daemon_
                  .send("DELETE", "/api/v1/auth/sessions/" + session.at("id").get<std::string>(), nullptr,
                        bob_token_)
                  .status,
              204);
  }
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", second).status, 401);
  const json of_bob = sessions("?user=" + bob_, tokens_["admin"]);
  ASSERT_EQ(of_bob.size(), 1U);
  const std::string path = "/api/v1/auth/sessions/" + of_bob.at(0).at("id").get<std::string>();
  EXPECT_EQ(status_of("DELETE", path, nullptr, "admin"), 204);
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", bob_token_).status, 401);
}

}  // namespace
}  // namespace picket::test
