// Somebody who was locked out, and the ways out: under the limits that authd has by default.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;

TEST(AuthUnlockTest, WhoIsUnlockedGetsInAtOnceFromWhereTheyFailed) {
  AuthDaemon daemon;
  daemon.create_user("root", "owner", kPassword);
  daemon.create_user("alice", "user", kPassword);
  json owner = daemon.login("root", kPassword);
  daemon.enrol(owner, kPassword);
  const std::string root = owner.at("access_token");
  const std::string id =
      json::parse(daemon.get("/api/v1/auth/me", daemon.login("alice", kPassword).at("access_token")).body)
          .at("id");
  const auto try_login = [&](const char* password) {
    return daemon.post("/api/v1/auth/login", {{"username", "alice"}, {"password", password}}).status;
  };
  const auto lock = [&] {
    for (int i = 0; i < 5; ++i) try_login("wrong");
    ASSERT_EQ(try_login(kPassword), 429);
  };
  lock();
  const json standing = json::parse(daemon.get("/api/v1/ratelimit/auth/127.0.0.1", root).body);
  EXPECT_EQ(standing.value("remaining", -1), 0) << standing;
  EXPECT_THAT(daemon.authctl({"user", "show", "alice"}).output, testing::HasSubstr("locked out"));
  const json shown = json::parse(daemon.get("/api/v1/users/" + id, root).body);
  EXPECT_TRUE(shown.contains("locked_until") && shown.at("locked_until").is_string()) << shown;
  ASSERT_EQ(daemon.authctl({"user", "unlock", "alice"}).exit_code, 0);
  EXPECT_TRUE(
      wait_until(seconds(10), std::chrono::milliseconds(300), [&] { return try_login(kPassword) == 200; }));
  lock();
  ASSERT_EQ(daemon.post("/api/v1/users/" + id + "/unlock", nullptr, root).status, 200);
  EXPECT_EQ(try_login(kPassword), 200);
  lock();
  ASSERT_EQ(daemon.send("DELETE", "/api/v1/ratelimit/auth/127.0.0.1", nullptr, root).status, 204);
  EXPECT_NE(try_login(kPassword), 429) << "the account's own lock is another matter";
}

}  // namespace
}  // namespace picket::test
