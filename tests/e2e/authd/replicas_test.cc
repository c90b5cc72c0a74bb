// Two replicas on one PostgreSQL and one Redis: what one of them learns, the other acts on; and whatever
// dies, nobody gets in who should not.
#include <thread>

#include "base/text/strings.h"
#include "tests/e2e/authd/two_replicas.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr std::chrono::milliseconds kReplicaPause{200};  // within the limits of one user

TEST_F(AuthReplicasTest, ALogoutOnOneActsOnTheOtherWithinASecond) {
  one_->create_user("alice", "user", kPassword);
  const json tokens = one_->login("alice", kPassword);
  const std::string access = tokens.at("access_token");
  EXPECT_EQ(me(*two_, access), 200) << "one ring of keys";
  EXPECT_EQ(one_->post("/api/v1/auth/logout", nullptr, access).status, 204);
  EXPECT_TRUE(wait_until(seconds(1), [&] { return me(*two_, access) == 401; }));
  EXPECT_EQ(two_->post("/api/v1/auth/refresh", {{"refresh_token", tokens.at("refresh_token")}}).status, 401);
}

TEST_F(AuthReplicasTest, ParallelRefreshesOnBothRotateOnce) {
  one_->create_user("alice", "user", kPassword);
  const json tokens = one_->login("alice", kPassword);
  std::vector<std::string> successors(16);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < successors.size(); ++i) {
      threads.emplace_back([&, i] {
        const AuthDaemon& daemon = i % 2 == 0 ? *one_ : *two_;
        const HttpAnswer answer =
            daemon.post("/api/v1/auth/refresh", {{"refresh_token", tokens.at("refresh_token")}});
        if (answer.status == 200) successors[i] = json::parse(answer.body).at("refresh_token");
      });
    }
  }
  for (const std::string& successor : successors) EXPECT_EQ(successor, successors.front());
  EXPECT_FALSE(successors.front().empty());
}

TEST_F(AuthReplicasTest, LocksAndLimitsAreShared) {
  one_->create_user("alice", "user", kPassword);
  for (int i = 0; i < 5; ++i) {
    const AuthDaemon& daemon = i % 2 == 0 ? *one_ : *two_;
    daemon.post("/api/v1/auth/login", {{"username", "alice"}, {"password", kOther}});
  }
  EXPECT_EQ(two_->post("/api/v1/auth/login", {{"username", "alice"}, {"password", kPassword}}).status, 401);

  one_->create_user("bob", "manager", kPassword);
  const std::string bob = one_->login("bob", kPassword).at("access_token");
  int allowed = 0;
  for (int i = 0; i < 10; ++i) {
    const AuthDaemon& daemon = i % 2 == 0 ? *one_ : *two_;
    const int status =
        daemon.post("/api/v1/ratelimit/check", {{"tier", "tight"}, {"subject", "x"}}, bob).status;
    if (status == 200) ++allowed;
  }
  EXPECT_EQ(allowed, 6);
}

TEST_F(AuthReplicasTest, BlocksAndOwnLimitsOfOneActOnTheOther) {
  one_->create_user("root", "owner", kPassword);
  json tokens = one_->login("root", kPassword);
  one_->enrol(tokens, kPassword);
  const std::string root = tokens.at("access_token");
  const auto blocked_on_two = [&] {
    return json::parse(two_->get("/api/v1/blocks", root).body).at("blocks").size();
  };
  ASSERT_EQ(one_->post("/api/v1/blocks", {{"prefix", "192.0.2.0/24"}}, root).status, 201);
  EXPECT_TRUE(wait_until(seconds(5), kReplicaPause, [&] { return blocked_on_two() == 1; }));
  ASSERT_EQ(one_->send("DELETE", "/api/v1/blocks/192.0.2.0/24", nullptr, root).status, 204);
  EXPECT_TRUE(wait_until(seconds(5), kReplicaPause, [&] { return blocked_on_two() == 0; }));

  two_->create_user("alice", "user", kPassword);
  const std::string alice = two_->login("alice", kPassword).at("access_token");
  const std::string id = json::parse(two_->get("/api/v1/auth/me", alice).body).at("id");
  ASSERT_EQ(one_->send("PUT", "/api/v1/users/" + id + "/limits/authenticated", {{"limit", 7}}, root).status,
            200);
  EXPECT_TRUE(wait_until(seconds(5), [&] {
    return two_->get("/api/v1/auth/me", alice).header("RateLimit-Policy").find("\"authenticated\";q=7;") !=
           std::string::npos;
  })) << two_->get("/api/v1/auth/me", alice).header("RateLimit-Policy");
}

TEST_F(AuthReplicasTest, WithoutPostgresNobodyGetsInAndItComesBack) {
  one_->create_user("alice", "user", kPassword);
  const std::string access = one_->login("alice", kPassword).at("access_token");
  EXPECT_EQ(one_->verify(access, "https://app.example.org/").status, 200);
  postgres_.stop();
  EXPECT_NE(one_->post("/api/v1/auth/login", {{"username", "alice"}, {"password", kPassword}}).status, 200);
  EXPECT_TRUE(wait_until(seconds(15), kReplicaPause,
                         [&] { return one_->verify(access, "https://app.example.org/").status == 503; }));
  EXPECT_EQ(http_get(one_->url("/metrics")).status, 200);
  postgres_.start();
  EXPECT_TRUE(wait_until(seconds(20), kReplicaPause,
                         [&] { return one_->verify(access, "https://app.example.org/").status == 200; }));
}

TEST_F(AuthReplicasTest, WithoutPostgresPagesSaySoAsPages) {
  one_->create_user("alice", "user", kPassword);
  const HttpHeaders form{{"Content-Type", "application/x-www-form-urlencoded"},
                         {"Sec-Fetch-Site", "same-origin"}};
  const auto log_in = [&] {
    return http_post(one_->url("/auth/login"),
                     "username=alice&password=" + replace_all(std::string(kPassword), " ", "+"), form);
  };
  const HttpAnswer in = log_in();
  ASSERT_EQ(in.status, 303) << in.body;
  const std::string cookie = in.header("Set-Cookie").substr(0, in.header("Set-Cookie").find(';'));
  postgres_.stop();
  const HttpAnswer refused = log_in();
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.header("Retry-After"), "");
  EXPECT_NE(refused.body.find("Try again"), std::string::npos) << refused.body;
  EXPECT_TRUE(one_->wait_ready(false));
  for (const char* page : {"/auth/account", "/auth/login"}) {
    const HttpAnswer answer =
        http_send({.method = "GET", .url = one_->url(page), .headers = {{"Cookie", cookie}}});
    EXPECT_EQ(answer.status, 503) << page;
    EXPECT_EQ(answer.header("Content-Type").substr(0, 9), "text/html") << page << answer.body;
  }
  postgres_.start();
  EXPECT_TRUE(one_->wait_ready());
}

TEST_F(AuthReplicasTest, WithoutPostgresItIsNotReadyUntilItComesBack) {
  EXPECT_EQ(one_->healthcheck().exit_code, 0);
  EXPECT_EQ(one_->metric("authd_store_up"), 1);
  postgres_.stop();
  EXPECT_TRUE(one_->wait_ready(false));
  const HttpAnswer unready = http_get(one_->url("/-/ready"));
  EXPECT_EQ(unready.status, 503);
  EXPECT_NE(unready.body.find("the database does not answer: "), std::string::npos) << unready.body;
  EXPECT_EQ(one_->metric("authd_store_up"), 0);
  const Finished checked = one_->healthcheck();
  EXPECT_EQ(checked.exit_code, 1);
  EXPECT_NE(checked.errors.find("the database does not answer"), std::string::npos) << checked.errors;
  EXPECT_EQ(http_get(one_->url("/-/healthy")).status, 200) << "a restart would change nothing";
  postgres_.start();
  EXPECT_TRUE(one_->wait_ready());
  EXPECT_EQ(one_->metric("authd_store_up"), 1);
  EXPECT_EQ(one_->healthcheck().exit_code, 0);
}

TEST_F(AuthReplicasTest, WithoutRedisTheLimitsOfTheProcessHold) {
  one_->create_user("bob", "manager", kPassword);
  const std::string bob = one_->login("bob", kPassword).at("access_token");
  redis_.stop();
  int allowed = 0;
  for (int i = 0; i < 10; ++i) {
    const int status =
        one_->post("/api/v1/ratelimit/check", {{"tier", "tight"}, {"subject", "y"}}, bob).status;
    if (status == 200) ++allowed;
  }
  EXPECT_EQ(allowed, 6);
  EXPECT_EQ(one_->metric("authd_ratelimit_redis_up"), 0);
  const auto says = [&](const char* text) { return one_->log().find(text) != std::string::npos; };
  EXPECT_TRUE(wait_until(seconds(10), [&] { return says("Redis at ") && says("does not answer"); }));
}

TEST_F(AuthReplicasTest, TheOtherGoesOnWhenOneIsKilled) {
  one_->create_user("alice", "user", kPassword);
  const json tokens = one_->login("alice", kPassword);
  one_->kill9();
  EXPECT_EQ(me(*two_, tokens.at("access_token")), 200);
  EXPECT_EQ(two_->post("/api/v1/auth/refresh", {{"refresh_token", tokens.at("refresh_token")}}).status, 200);
}

TEST_F(AuthReplicasTest, AReplicaWithAnotherKeyIsRefusedUntilItIsSaidToBeOnPurpose) {
  two_->stop();
  two_->write("secrets/otp.key", std::string(43, 'k') + "\n");
  two_->launch();
  EXPECT_TRUE(wait_until(seconds(10), [&] {
    return http_get(two_->url("/-/ready")).body.find("the otp_key at hand is not the one") !=
           std::string::npos;
  })) << two_->log();
  EXPECT_EQ(two_->post("/api/v1/auth/login", {{"username", "a"}, {"password", "b"}}).status, 503);
  EXPECT_EQ(two_->authctl({"crypto", "accept-keys"}).exit_code, 0);
  EXPECT_TRUE(two_->wait_ready()) << two_->log();
}

TEST_F(AuthReplicasTest, AStoreThatIsAwayAtTheStartIsTriedAgain) {
  postgres_.stop();
  one_->stop();
  one_->launch();
  ASSERT_TRUE(wait_until(seconds(10), [&] { return http_get(one_->url("/-/healthy")).status == 200; }));
  EXPECT_EQ(http_get(one_->url("/-/ready")).status, 503);
  EXPECT_EQ(one_->post("/api/v1/auth/login", {{"username", "a"}, {"password", "b"}}).status, 503);
  EXPECT_EQ(one_->metric("authd_store_up"), 0);
  postgres_.start();
  EXPECT_TRUE(one_->wait_ready());
}

}  // namespace
}  // namespace picket::test
