// A database that an earlier version made, with its keys, as an operator has it on the day of an upgrade:
// upgrade/ holds one of SQLite and one of PostgreSQL, written by the release of November 2026, whose sessions
// last a hundred years. Whoever was logged in then still is, and what was granted still counts.
#include <gtest/gtest.h>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/postgres_server.h"

namespace picket::test {
namespace {

using nlohmann::json;

constexpr const char* kUpgradeConfig = R"(public_url: https://127.0.0.1:9443
sessions: {idle: 36500d, absolute: 36500d, absolute_by_role: {owner: 36500d, admin: 36500d}}
)";

std::string fixture(const std::string& name) {
  return std::string(PICKET_SOURCE_DIR) + "/tests/e2e/authd/upgrade/" + name;
}

AuthDaemonOptions earlier(const std::string& engine) {
  AuthDaemonOptions options{.config = kUpgradeConfig, .secrets_from = fixture("")};
  if (engine == "sqlite") {
    options.sqlite_dump = fixture("sqlite.sql");
    return options;
  }
  options.dsn = PostgresServer::shared().create_database();
  PostgresServer::shared().run(read_file(fixture("postgresql.sql")),
                               options.dsn.substr(options.dsn.rfind('/') + 1));
  return options;
}

class AuthUpgradeTest : public ::testing::TestWithParam<std::string> {
 protected:
  std::string token(const std::string& name) const { return tokens_.at(GetParam()).at(name); }
  HttpAnswer me(const HttpHeaders& headers) const { return http_get(authd_.url("/api/v1/auth/me"), headers); }

  const json tokens_ = json::parse(read_file(fixture("tokens.json")));
  AuthDaemon authd_{earlier(GetParam())};
};

TEST_P(AuthUpgradeTest, LogsNobodyOut) {
  const HttpAnswer cookie = me({{"Cookie", token("cookie")}});
  EXPECT_EQ(cookie.status, 200) << cookie.body;
  for (const char* name : {"refresh_token", "owner_refresh_token"}) {
    const HttpAnswer renewed = authd_.post("/api/v1/auth/refresh", {{"refresh_token", token(name)}});
    ASSERT_EQ(renewed.status, 200) << name << ": " << renewed.body;
    const std::string access = json::parse(renewed.body).at("access_token");
    EXPECT_EQ(authd_.get("/api/v1/auth/me", access).status, 200) << name;
  }
}

TEST_P(AuthUpgradeTest, BelievesTheKeysOfThen) {
  const HttpAnswer answer =
      http_get(authd_.url("/api/v1/auth/verify"), {{"X-API-Key", token("api_key")},
                                                   {"X-Original-URL", "https://app.example.org/"},
                                                   {"X-Original-Method", "GET"}});
  EXPECT_NE(answer.status, 401) << answer.body;
}

TEST_P(AuthUpgradeTest, TakesThePasswordsAndFactorsOfThen) {
  authd_.login("alice", kPassword);
  const json first = authd_.login("olga", kPassword);
  const HttpAnswer whole =
      authd_.post("/api/v1/auth/2fa/complete", {{"challenge", first.at("challenge")},
                                                {"method", "totp"},
                                                {"code", app_code(token("owner_totp_secret"))}});
  EXPECT_EQ(whole.status, 200) << whole.body;
}

TEST_P(AuthUpgradeTest, KeepsTheAuditLogWhole) {
  const Finished verified = authd_.authctl({"audit", "verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
}

INSTANTIATE_TEST_SUITE_P(Engines, AuthUpgradeTest, ::testing::Values("sqlite", "postgresql"),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace picket::test
