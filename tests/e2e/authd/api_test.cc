// authd as a program, over HTTP, as its users and other programs meet it.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <thread>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;

class AuthApiTest : public ::testing::Test {
 protected:
  AuthDaemon daemon_{{.config = kRaisedLimits}};
};

TEST(AuthLimitsTest, TheSixthLoginWithinAQuarterOfAnHourIsLimitedAndSaysUntilWhen) {
  const AuthDaemon daemon;
  for (int i = 0; i < 5; ++i) {
    const HttpAnswer answer =
        daemon.post("/api/v1/auth/login", {{"username", "nobody"}, {"password", kOther}});
    EXPECT_EQ(answer.status, 401);
    EXPECT_NE(answer.header("RateLimit"), "");
    EXPECT_NE(answer.header("RateLimit-Policy"), "");
  }
  const HttpAnswer sixth = daemon.post("/api/v1/auth/login", {{"username", "nobody"}, {"password", kOther}});
  EXPECT_EQ(sixth.status, 429);
  EXPECT_GT(std::stoi(sixth.header("Retry-After")), 800);
  EXPECT_EQ(sixth.header("Content-Type"), "application/problem+json");
}

TEST_F(AuthApiTest, StartsEmptyAndLogsInAUserWithTokensThatWork) {
  EXPECT_EQ(daemon_.post("/api/v1/auth/login", {{"username", "admin"}, {"password", "admin"}}).status, 401);
  daemon_.create_user("alice", "user", kPassword);
  const json tokens = daemon_.login("alice", kPassword);
  EXPECT_EQ(tokens.at("token_type"), "Bearer");
  EXPECT_EQ(tokens.at("expires_in"), 900);
  const HttpAnswer me = daemon_.get("/api/v1/auth/me", tokens.at("access_token"));
  ASSERT_EQ(me.status, 200) << me.body;
  EXPECT_EQ(json::parse(me.body).at("username"), "alice");
  EXPECT_EQ(daemon_.get("/api/v1/auth/me").status, 401);
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", tokens.at("refresh_token")).status, 401);
}

TEST_F(AuthApiTest, ARefusalThatAProxyHandsThroughSaysNothingThatLasts) {
  const HttpAnswer refused = daemon_.verify("", "https://app.example.org/");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(refused.header("Cache-Control"), "no-store");
  EXPECT_EQ(refused.header("Strict-Transport-Security"), "");
  EXPECT_EQ(refused.header("Set-Cookie"), "");
}

TEST_F(AuthApiTest, EveryFailedLoginLooksTheSame) {
  daemon_.create_user("alice", "user", kPassword);
  daemon_.create_user("bob", "user", kPassword);
  daemon_.create_user("locked", "user", kPassword);
  ASSERT_EQ(daemon_.authctl({"user", "suspend", "bob"}).exit_code, 0);
  const auto attempt = [&](const std::string& name, const std::string& password) {
    return daemon_.post("/api/v1/auth/login", {{"username", name}, {"password", password}});
  };
  const auto fields_of = [](HttpAnswer answer) {
    for (const char* name : {"Date", "RateLimit"}) answer.headers.erase(name);  // they count
    return answer.headers;
  };
  const auto hashes = [&] { return daemon_.metric("authd_kdf_duration_seconds_count"); };
  for (int i = 0; i < 5; ++i) attempt("locked", kOther);
  ASSERT_TRUE(wait_until(seconds(5), [&] { return hashes() == 5; }));
  const HttpAnswer wrong = attempt("alice", kOther);
  EXPECT_EQ(wrong.status, 401);
  EXPECT_GT(fields_of(wrong).size(), 2U);
  const struct {
    const char* name;
    const char* password;
    int hashes;  ///< a lock costs the time of one, and no hash
  } rows[] = {{"nobody", kOther, 1},
              {"bob", kPassword, 1},
              {"bob", kOther, 1},
              {"locked", kPassword, 0},
              {"x@example.org", kOther, 1}};
  double expected = 6;
  for (const auto& row : rows) {
    const HttpAnswer other = attempt(row.name, row.password);
    EXPECT_EQ(other.status, 401) << row.name;
    EXPECT_EQ(other.body, wrong.body) << row.name;
    EXPECT_EQ(fields_of(other), fields_of(wrong)) << row.name;
    expected += row.hashes;
    EXPECT_TRUE(wait_until(seconds(5), [&] { return hashes() == expected; })) << row.name;
  }
}

TEST_F(AuthApiTest, RefreshRotatesAndReuseEndsTheFamily) {
  daemon_.create_user("alice", "user", kPassword);
  const json first = daemon_.login("alice", kPassword);
  const auto refresh = [&](const json& tokens) {
    return daemon_.post("/api/v1/auth/refresh", {{"refresh_token", tokens.at("refresh_token")}});
  };
  const json second = json::parse(refresh(first).body);
  const json third = json::parse(refresh(second).body);
  EXPECT_EQ(refresh(first).status, 401) << "a grandparent is a theft";
  EXPECT_EQ(refresh(third).status, 401) << "and ends the family";
  EXPECT_TRUE(wait_until(
      seconds(2), [&] { return daemon_.get("/api/v1/auth/me", third.at("access_token")).status == 401; }));
  const std::string log =
      daemon_.authctl({"audit", "query", "--action", "auth.refresh", "--format", "json"}).output;
  ASSERT_EQ(std::ranges::count(log, '\n'), 1) << log;
  const json event = json::parse(log);
  EXPECT_EQ(event.at("result"), "denied");
  EXPECT_EQ(event.at("details").at("reason"), "reuse");
  EXPECT_EQ(event.at("ip"), "127.0.0.1");
  EXPECT_TRUE(event.at("resource").get<std::string>().starts_with("user:")) << event;
}

TEST_F(AuthApiTest, EveryEndOfALoginIsInTheAuditLog) {
  daemon_.create_user("alice", "user", kPassword);
  daemon_.create_user("root", "owner", kPassword);
  json root = daemon_.login("root", kPassword);
  daemon_.enrol(root, kPassword);
  const auto login = [&] { return daemon_.login("alice", kPassword); };
  const auto session_of = [&](const json& tokens) {
    const HttpAnswer answer = daemon_.get("/api/v1/auth/sessions", tokens.at("access_token"));
    return json::parse(answer.body).at("sessions").at(0).at("id").get<std::string>();
  };
  EXPECT_EQ(daemon_.post("/api/v1/auth/logout", nullptr, login().at("access_token")).status, 204);
  EXPECT_EQ(daemon_.post("/api/v1/auth/logout", {{"refresh_token", login().at("refresh_token")}}).status,
            204);
  const std::string mine = login().at("refresh_token");
  EXPECT_EQ(http_post(daemon_.url("/oauth2/revoke"), "token=" + mine,
                      {{"Content-Type", "application/x-www-form-urlencoded"}})
                .status,
            200);
  EXPECT_EQ(
      daemon_.send("DELETE", "/api/v1/auth/sessions/" + session_of(login()), nullptr, root.at("access_token"))
          .status,
      204);
  EXPECT_EQ(daemon_.post("/api/v1/auth/logout-all", nullptr, login().at("access_token")).status, 200);
  std::stringstream log(
      daemon_.authctl({"audit", "query", "--action", "sessions.*", "--format", "json"}).output);
  std::vector<std::string> reasons;  // the newest first
  for (std::string line; std::getline(log, line);) {
    const json event = json::parse(line);
    reasons.push_back(event.at("details").value("reason", event.at("action").get<std::string>()));
  }
  EXPECT_EQ(reasons, (std::vector<std::string>{"sessions.end_all", "admin", "revoked", "logout", "logout"}));
}

TEST_F(AuthApiTest, LogoutActsOnForwardAuthWithinASecond) {
  daemon_.create_user("alice", "user", kPassword);
  const json tokens = daemon_.login("alice", kPassword);
  const std::string access = tokens.at("access_token");
  EXPECT_EQ(daemon_.post("/api/v1/auth/logout", nullptr, access).status, 204);
  EXPECT_TRUE(wait_until(seconds(1), [&] { return daemon_.get("/api/v1/auth/me", access).status == 401; }));
  EXPECT_EQ(daemon_.post("/api/v1/auth/refresh", {{"refresh_token", tokens.at("refresh_token")}}).status,
            401);
}

TEST_F(AuthApiTest, AnAdministratorMustEnrolASecondFactorFirst) {
  daemon_.create_user("root", "owner", kPassword);
  json tokens = daemon_.login("root", kPassword);
  EXPECT_EQ(tokens.at("status"), "enrolment_required");
  EXPECT_EQ(daemon_.get("/api/v1/users", tokens.at("access_token")).status, 403);
  const std::string secret = daemon_.enrol(tokens, kPassword);
  EXPECT_EQ(tokens.at("backup_codes").size(), 10U);
  EXPECT_EQ(daemon_.get("/api/v1/users", tokens.at("access_token")).status, 200);

  const json required = daemon_.login("root", kPassword);
  ASSERT_EQ(required.at("status"), "second_factor_required");
  const auto complete = [&](const std::string& method, const std::string& code) {
    return daemon_.post("/api/v1/auth/2fa/complete",
                        {{"challenge", required.at("challenge")}, {"method", method}, {"code", code}});
  };
  EXPECT_EQ(complete("totp", app_code(secret)).status, 401) << "the step was spent by the enrolment";
  const HttpAnswer in = complete("backup_code", tokens.at("backup_codes").at(0));
  EXPECT_EQ(in.status, 200) << in.body;
  EXPECT_EQ(complete("backup_code", tokens.at("backup_codes").at(1)).status, 401) << "the challenge is spent";
}

TEST_F(AuthApiTest, FiveFailuresLockAndAnAdministratorUnlocks) {
  daemon_.create_user("alice", "user", kPassword);
  for (int i = 0; i < 5; ++i)
    daemon_.post("/api/v1/auth/login", {{"username", "alice"}, {"password", kOther}});
  EXPECT_EQ(daemon_.post("/api/v1/auth/login", {{"username", "alice"}, {"password", kPassword}}).status, 401);
  EXPECT_GE(daemon_.metric("authd_lockouts_total"), 1);
  ASSERT_EQ(daemon_.authctl({"user", "unlock", "alice"}).exit_code, 0);
  EXPECT_EQ(daemon_.post("/api/v1/auth/login", {{"username", "alice"}, {"password", kPassword}}).status, 200);
}

TEST_F(AuthApiTest, ARoleChangeEndsWhatWasGrantedBefore) {
  daemon_.create_user("root", "owner", kPassword);
  daemon_.create_user("alice", "user", kPassword);
  json owner = daemon_.login("root", kPassword);
  daemon_.enrol(owner, kPassword);
  const json alice = daemon_.login("alice", kPassword);
  const json me = json::parse(daemon_.get("/api/v1/auth/me", alice.at("access_token")).body);
  const HttpAnswer changed = daemon_.post("/api/v1/users/" + me.at("id").get<std::string>() + "/role",
                                          {{"role", "manager"}}, owner.at("access_token"));
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", alice.at("access_token")).status, 401);
  EXPECT_EQ(daemon_
                .post("/api/v1/users/" + me.at("id").get<std::string>() + "/role", {{"role", "owner"}},
                      alice.at("access_token"))
                .status,
            401);
}

TEST_F(AuthApiTest, AKeyMadeByAUserIsWorthNothingToTheAdminTheyBecome) {
  daemon_.create_user("root", "owner", kPassword);
  daemon_.create_user("alice", "user", kPassword);
  json owner = daemon_.login("root", kPassword);
  daemon_.enrol(owner, kPassword);
  const std::string alice = daemon_.login("alice", kPassword).at("access_token");
  const std::string id = json::parse(daemon_.get("/api/v1/auth/me", alice).body).at("id");
  const json key = json::parse(
      daemon_.post("/api/v1/api-keys", {{"name", "k"}, {"scopes", {"users:list", "users:role"}}}, alice)
          .body);
  const std::string text = key.at("key");
  EXPECT_EQ(daemon_.get("/api/v1/users", text).status, 403);
  ASSERT_EQ(
      daemon_.post("/api/v1/users/" + id + "/role", {{"role", "admin"}}, owner.at("access_token")).status,
      200);
  EXPECT_EQ(daemon_.get("/api/v1/users", text).status, 401);
}

TEST_F(AuthApiTest, APasswordChangedAndALogoutEverywhereSayHowManyKeysGoOn) {
  daemon_.create_user("alice", "user", kPassword);
  const std::string alice = daemon_.login("alice", kPassword).at("access_token");
  const json key =
      json::parse(daemon_.post("/api/v1/api-keys", {{"name", "k"}, {"scopes", {"users:read"}}}, alice).body);
  const HttpAnswer changed = daemon_.post("/api/v1/auth/password",
                                          {{"current_password", kPassword}, {"new_password", kOther}}, alice);
  ASSERT_EQ(changed.status, 200) << changed.body;
  const json renewed = json::parse(changed.body);
  EXPECT_EQ(renewed.value("api_keys", -1), 1);
  const HttpAnswer out = daemon_.post("/api/v1/auth/logout-all", nullptr, renewed.at("access_token"));
  EXPECT_EQ(json::parse(out.body.empty() ? "{}" : out.body).value("api_keys", -1), 1);
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", key.at("key").get<std::string>()).status, 200);
}

TEST_F(AuthApiTest, AStrangerCannotPatchHisRole) {
  daemon_.create_user("alice", "user", kPassword);
  const std::string access = daemon_.login("alice", kPassword).at("access_token");
  for (const json& patch : {json{{"role", "owner"}}, json{{"email_verified", true}}, json{{"id", "x"}},
                            json{{"totp_secret", "x"}}, json{{"status", "active"}, {"role", "admin"}}}) {
    const int status = daemon_.send("PATCH", "/api/v1/users/me", patch, access).status;
    EXPECT_TRUE(status == 400 || status == 403) << patch << status;
  }
}

TEST_F(AuthApiTest, ProgramsGetTokensForTheirKeys) {
  daemon_.create_user("alice", "user", kPassword);
  const std::string access = daemon_.login("alice", kPassword).at("access_token");
  const HttpAnswer made =
      daemon_.post("/api/v1/api-keys", {{"name", "ci"}, {"scopes", {"sessions:read"}}}, access);
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string key = json::parse(made.body).at("key");
  EXPECT_EQ(daemon_.get("/api/v1/auth/sessions", key).status, 200);
  EXPECT_EQ(daemon_.get("/api/v1/api-keys", key).status, 403) << "that scope it does not have";
  const HttpAnswer token = http_post(daemon_.url("/oauth2/token"),
                                     "grant_type=client_credentials&client_id=ci&client_secret=" + key,
                                     {{"Content-Type", "application/x-www-form-urlencoded"}});
  ASSERT_EQ(token.status, 200) << token.body;
  EXPECT_EQ(token.header("Cache-Control"), "no-store");
  const std::string program = json::parse(token.body).at("access_token");
  EXPECT_EQ(daemon_.get("/api/v1/auth/sessions", program).status, 200);
  const HttpAnswer seen = http_send({.method = "POST",
                                     .url = daemon_.url("/oauth2/introspect"),
                                     .headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                                                 {"Authorization", "Bearer " + access}},
                                     .body = "token=nonsense"});
  EXPECT_EQ(seen.body, R"({"active":false})");
}

TEST_F(AuthApiTest, HostileJsonIsRefusedBeforeAnyWork) {
  struct Row {
    const char* what;
    const char* type;
    std::string body;
  };
  const Row rows[] = {{"text", "text/plain", R"({"username":"a","password":"b"})"},
                      {"twice", "application/json", R"({"username":"a","username":"b","password":"c"})"},
                      {"deep", "application/json", std::string(100'000, '[')},
                      {"number", "application/json", R"({"username":1,"password":"b"})"},
                      {"unknown", "application/json", R"({"username":"a","password":"b","role":"owner"})"},
                      {"empty", "application/json", ""}};
  for (const Row& row : rows) {
    const HttpAnswer answer = http_send({.method = "POST",
                                         .url = daemon_.url("/api/v1/auth/login"),
                                         .headers = {{"Content-Type", row.type}},
                                         .body = row.body});
    EXPECT_EQ(answer.status, 400) << row.what << answer.body;
  }
  const HttpAnswer long_password =
      daemon_.post("/api/v1/auth/login", {{"username", "alice"}, {"password", std::string(100'000, 'x')}});
  EXPECT_TRUE(long_password.status == 400 || long_password.status == 401);
}

TEST_F(AuthApiTest, TheAuditLogTellsAndVerifies) {
  daemon_.create_user("alice", "user", kPassword);
  daemon_.post("/api/v1/auth/login", {{"username", "alice"}, {"password", kOther}});
  const std::string access = daemon_.login("alice", kPassword).at("access_token");
  const HttpAnswer events = daemon_.get("/api/v1/audit?action=auth.login", access);
  ASSERT_EQ(events.status, 200) << events.body;
  EXPECT_GE(json::parse(events.body).at("events").size(), 1U);
  const Finished verified = daemon_.authctl({"audit", "verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.errors;
  EXPECT_EQ(daemon_.log().find(kPassword), std::string::npos);
}

TEST_F(AuthApiTest, TheOpenApiDocumentKnowsEveryRoute) {
  const HttpAnswer document = http_get(daemon_.url("/api/v1/openapi.json"));
  ASSERT_EQ(document.status, 200) << document.body;
  const json api = json::parse(document.body);
  EXPECT_EQ(api.at("openapi"), "3.1.0");
  for (const char* path :
       {"/api/v1/auth/login", "/api/v1/users/{id}", "/oauth2/token", "/metrics", "/auth/account"})
    EXPECT_TRUE(api.at("paths").contains(path)) << path;
  EXPECT_EQ(http_get(daemon_.url("/api")).status, 200);
}

TEST_F(AuthApiTest, MetricsPassPromtool) {
  daemon_.create_user("alice", "user", kPassword);
  daemon_.login("alice", kPassword);
  const Finished checked = run_to_end({.argv = {"promtool", "check", "metrics"},
                                       .env = {},
                                       .cwd = {},
                                       .stdin_text = http_get(daemon_.url("/metrics")).body});
  EXPECT_EQ(checked.exit_code, 0) << checked.output << checked.errors;
}

TEST_F(AuthApiTest, SessionsSurviveKillNine) {
  daemon_.create_user("alice", "user", kPassword);
  const json tokens = daemon_.login("alice", kPassword);
  daemon_.kill9();
  daemon_.start();
  EXPECT_EQ(daemon_.get("/api/v1/auth/me", tokens.at("access_token")).status, 200);
  EXPECT_EQ(daemon_.post("/api/v1/auth/refresh", {{"refresh_token", tokens.at("refresh_token")}}).status,
            200);
}

}  // namespace
}  // namespace picket::test
