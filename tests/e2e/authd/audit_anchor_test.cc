// authd on a database whose audit log was emptied: row 53 of the attacks in docs/security.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/postgres_server.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using testing::HasSubstr;

class AuthAuditAnchorTest : public ::testing::Test {
 protected:
  AuthAuditAnchorTest() { daemon_.create_user("alice", "user", kPassword); }

  std::string database() const { return dsn_.substr(dsn_.rfind('/') + 1); }
  void empty_the_log() const {
    postgres_.run("DELETE FROM audit_events; DELETE FROM audit_marks", database());
  }
  std::string anchor() const { return daemon_.folder() + "/audit.anchor"; }
  std::string ready_body() const { return http_get(daemon_.url("/-/ready")).body; }
  void start_refused() {
    daemon_.launch();
    ASSERT_TRUE(wait_until(seconds(20), [&] { return ready_body().find("audit") != std::string::npos; }))
        << ready_body();
  }
  int login_status() const {
    return daemon_.post("/api/v1/auth/login", {{"username", "alice"}, {"password", kPassword}}).status;
  }

  PostgresServer postgres_;
  const std::string dsn_ = postgres_.create_database();
  AuthDaemon daemon_{AuthDaemonOptions{.config = kRaisedLimits, .dsn = dsn_}};
};

TEST_F(AuthAuditAnchorTest, ADatabaseWhoseLogWasEmptiedIsRefusedUntilItIsAccepted) {
  daemon_.login("alice", kPassword);
  EXPECT_EQ(daemon_.stop(), 0);
  empty_the_log();
  const Finished verified = daemon_.authctl({"audit", "verify"});
  EXPECT_EQ(verified.exit_code, 1) << verified.output;
  EXPECT_THAT(verified.output, HasSubstr("broken at row 1: the log ends at row 0"));
  EXPECT_THAT(verified.errors, HasSubstr("authctl audit accept"));
  start_refused();
  EXPECT_EQ(http_get(daemon_.url("/-/ready")).status, 503);
  EXPECT_THAT(ready_body(), HasSubstr("the audit log has lost rows"));
  EXPECT_EQ(login_status(), 503);
  EXPECT_EQ(daemon_.metric("authd_store_up"), 0);

  const Finished accepted = daemon_.authctl({"audit", "accept"});
  EXPECT_EQ(accepted.exit_code, 0) << accepted.errors;
  EXPECT_TRUE(daemon_.wait_ready()) << "it tries again by itself";
  EXPECT_EQ(login_status(), 200);
  EXPECT_EQ(daemon_.authctl({"audit", "verify"}).exit_code, 0);
  EXPECT_THAT(daemon_.authctl({"audit", "query", "--action", "audit.accept"}).output,
              HasSubstr("the log ends at row 0"));
}

TEST_F(AuthAuditAnchorTest, ADatabaseWithoutAnAnchorStartsAndGetsOne) {
  daemon_.login("alice", kPassword);
  daemon_.kill9();
  std::filesystem::remove(anchor());
  daemon_.start();
  EXPECT_TRUE(std::filesystem::exists(anchor()));
  EXPECT_EQ(login_status(), 200);
}

TEST_F(AuthAuditAnchorTest, AKilledDaemonStartsThoughTheAnchorLagsBehind) {
  for (int i = 0; i < 5; ++i) daemon_.login("alice", kPassword);
  daemon_.kill9();
  daemon_.start();
  EXPECT_EQ(login_status(), 200);
  EXPECT_EQ(daemon_.authctl({"audit", "verify"}).exit_code, 0);
}

TEST_F(AuthAuditAnchorTest, ARunningDaemonTellsOfALogThatWasEmptied) {
  daemon_.create_user("root", "owner", kPassword);
  json root = daemon_.login("root", kPassword);
  daemon_.enrol(root, kPassword);
  const auto intact = [&] {
    return json::parse(daemon_.get("/api/v1/audit/verify", root.at("access_token")).body).at("intact");
  };
  EXPECT_EQ(intact(), true);
  const auto failures = [&] { return daemon_.metric("authd_upkeep_failures_total{task=\"audit_anchor\"}"); };
  const std::string last = postgres_.run("SELECT MAX(seq) FROM audit_events", database());
  ASSERT_TRUE(wait_until(seconds(10), [&] {
    std::ifstream file(anchor());
    std::string line;
    std::getline(file, line);
    return line.find(" " + last + " ") != std::string::npos;
  })) << "within a second or so";
  EXPECT_EQ(failures(), 0);
  empty_the_log();
  EXPECT_TRUE(wait_until(seconds(10), [&] { return failures() > 0; }));
  EXPECT_EQ(intact(), false);
  EXPECT_THAT(daemon_.log(), HasSubstr("the audit log has lost rows"));
}

}  // namespace
}  // namespace picket::test
