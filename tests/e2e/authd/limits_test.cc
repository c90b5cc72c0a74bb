// Default limits against honest people and against those who guess: who is refused, who is blocked, and whom
// neither may stop.
#include <gtest/gtest.h>

#include <map>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr const char* kLimitsOrigin = "https://auth.example.org";
constexpr const char* kTrustedAndPublic =
    "public_url: https://auth.example.org\n"
    "trusted_proxies: [127.0.0.1/32]\n"
    "forward_auth:\n"
    "  default: one_factor\n"
    "  rules:\n"
    "    - {paths: [\"/public/*\"], require: public}\n";

using Statuses = std::map<int, int>;  ///< how many answers had which

/// A client of a proxy that says where it is.
class Visitor {
 public:
  Visitor(const AuthDaemon& daemon, std::string address)
      : daemon_(daemon), headers_{{"X-Forwarded-For", std::move(address)}} {}

  Visitor& with(const std::string& name, const std::string& value) {
    headers_.emplace(name, value);
    return *this;
  }
  HttpAnswer get(const std::string& path) const { return http_get(daemon_.url(path), headers_); }
  HttpAnswer post(const std::string& path, const json& body) const {
    return http_post(daemon_.url(path), body.dump(), headers_);
  }
  HttpAnswer submit(const std::string& path, const std::string& fields) const {
    HttpHeaders headers = headers_;
    headers.emplace("Content-Type", "application/x-www-form-urlencoded");
    headers.emplace("Origin", kLimitsOrigin);
    return http_post(daemon_.url(path), fields, headers);
  }
  HttpAnswer log_in(const std::string& name, const std::string& password) const {
    return post("/api/v1/auth/login", {{"username", name}, {"password", password}});
  }
  HttpAnswer verify(const std::string& path) const {
    HttpHeaders headers = headers_;
    headers.emplace("X-Original-URL", "https://app.example.org" + path);
    headers.emplace("X-Original-Method", "GET");
    return http_get(daemon_.url("/api/v1/auth/verify"), headers);
  }
  Statuses verify_many(const std::string& folder, int count) const {
    Statuses statuses;
    for (int i = 0; i < count; ++i) ++statuses[verify(folder + std::to_string(i)).status];
    return statuses;
  }

 private:
  const AuthDaemon& daemon_;
  HttpHeaders headers_;
};

class AuthDefaultLimitsTest : public ::testing::Test {
 protected:
  Visitor at(const std::string& address) const { return {daemon_, address}; }
  std::string token_of(const std::string& name) const {
    return json::parse(at("198.51.100.200").log_in(name, kPassword).body).at("access_token");
  }
  /// The cookies of a whole login, as a browser sends them back.
  std::string cookies_of(const std::string& name, const std::string& wanted) const {
    const HttpAnswer answer =
        at("198.51.100.200")
            .with("Origin", kLimitsOrigin)
            .post("/api/v1/auth/login", {{"username", name}, {"password", kPassword}, {"mode", "cookie"}});
    const auto [first, last] = answer.headers.equal_range("Set-Cookie");
    for (auto field = first; field != last; ++field) {
      if (field->second.find(wanted) != std::string::npos)
        return field->second.substr(0, field->second.find(';'));
    }
    return "";
  }
  /// Guesses until the address is blocked.
  void get_blocked(const std::string& address) const {
    for (int i = 0; i < 10; ++i) at(address).log_in("nobody", kOther);
    ASSERT_EQ(at(address).get("/auth/login").status, 403) << daemon_.log();
  }

  AuthDaemon daemon_{{.config = kTrustedAndPublic}};
};

TEST_F(AuthDefaultLimitsTest, ABusyPageStopsNobodyInItsOffice) {
  daemon_.create_user("uwe", "user", kPassword);
  const Visitor uwe = at("198.51.100.7").with("Authorization", "Bearer " + token_of("uwe"));
  EXPECT_EQ(uwe.verify_many("/static/", 1000), (Statuses{{200, 1000}}));
  EXPECT_EQ(at("198.51.100.7").verify_many("/public/", 700), (Statuses{{200, 700}}));
  EXPECT_EQ(at("198.51.100.7").verify_many("/static/", 650), (Statuses{{401, 600}, {429, 50}}));
  EXPECT_EQ(at("198.51.100.7").get("/auth/login").status, 200) << "nobody was blocked";
  EXPECT_EQ(at("198.51.100.7").verify("/public/1").status, 200);
  EXPECT_EQ(uwe.verify("/static/1").status, 200);
  EXPECT_EQ(daemon_.metric("authd_blocked_prefixes"), 0);
  EXPECT_EQ(daemon_.metric("authd_ratelimit_decisions_total{tier=\"forward-auth\",decision=\"allowed\"}"),
            1001);
}

// 140 pictures on any foreign page: the person who looks at it has asked for none of them.
TEST_F(AuthDefaultLimitsTest, AForeignPageUsesUpNothing) {
  Statuses statuses;
  for (int i = 0; i < 140; ++i) {
    Visitor embedded = at("198.51.100.7");
    embedded.with("Sec-Fetch-Site", "cross-site").with("Sec-Fetch-Mode", i % 2 == 0 ? "no-cors" : "cors");
    ++statuses[embedded.with("Sec-Fetch-Dest", "image").get("/auth/login?" + std::to_string(i)).status];
  }
  EXPECT_EQ(statuses, (Statuses{{403, 140}}));
  Visitor framed = at("198.51.100.7");
  framed.with("Sec-Fetch-Site", "cross-site").with("Sec-Fetch-Mode", "navigate");
  EXPECT_EQ(framed.with("Sec-Fetch-Dest", "iframe").get("/auth/login").status, 403);
  Visitor linked = at("198.51.100.7");
  linked.with("Sec-Fetch-Site", "cross-site").with("Sec-Fetch-Mode", "navigate");
  const HttpAnswer page = linked.with("Sec-Fetch-Dest", "document").get("/auth/login");
  EXPECT_EQ(page.status, 200) << "a link is another thing";
  EXPECT_NE(page.header("RateLimit").find("\"global\";r=99"), std::string::npos) << page.header("RateLimit");
}

// Two doors to one use case.
TEST_F(AuthDefaultLimitsTest, TheFormAndTheApiOfTheLoginAreInOneTier) {
  for (int i = 0; i < 2; ++i) EXPECT_EQ(at("198.51.100.7").log_in("nobody", kOther).status, 401);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(at("198.51.100.7").submit("/auth/login", "username=nobody&password=x+y+z").status, 401);
  const HttpAnswer page = at("198.51.100.7").submit("/auth/login", "username=nobody&password=x+y+z");
  EXPECT_EQ(page.status, 429);
  EXPECT_NE(page.body.find("Too many logins have failed. Try again in 15m."), std::string::npos) << page.body;
  EXPECT_GT(std::stoi(page.header("Retry-After")), 800);
  EXPECT_EQ(at("198.51.100.7").log_in("nobody", kOther).status, 429);
  EXPECT_EQ(at("198.51.100.8").log_in("nobody", kOther).status, 401) << "another address";
}

TEST_F(AuthDefaultLimitsTest, EveryDoorForStrangersCountsTheSameFailures) {
  const std::vector<std::pair<const char*, json>> api = {
      {"/api/v1/auth/password/reset", {{"token", "pln_x"}, {"new_password", kOther}}},
      {"/api/v1/auth/invitation", {{"token", "pln_x"}, {"username", "new"}, {"password", kOther}}},
      {"/api/v1/auth/email/verify", {{"token", "pln_x"}}}};
  const std::vector<std::pair<const char*, const char*>> pages = {
      {"/auth/reset", "token=pln_x&password=one+two+three+four"},
      {"/auth/invitation", "token=pln_x&username=new&password=one+two+three+four"},
      {"/auth/email", "token=pln_x"}};
  for (const auto& [path, body] : api) EXPECT_EQ(at("198.51.100.7").post(path, body).status, 403) << path;
  for (const auto& [path, fields] : pages) {
    const bool is_third = std::string(path) == "/auth/email";
    EXPECT_EQ(at("198.51.100.7").submit(path, fields).status, is_third ? 429 : 400) << path;
  }
  for (const auto& [path, body] : api) EXPECT_EQ(at("198.51.100.7").post(path, body).status, 429) << path;
  for (const auto& [path, fields] : pages)
    EXPECT_EQ(at("198.51.100.7").submit(path, fields).status, 429) << path;
  EXPECT_EQ(at("198.51.100.7").submit("/auth/login", "username=nobody&password=x").status, 429);
  EXPECT_EQ(at("198.51.100.7").get("/auth/login").status, 200) << "nobody guesses links: no block";
}

TEST_F(AuthDefaultLimitsTest, FormsOfStrangersAreOursAlone) {
  for (const char* path : {"/auth/login", "/auth/second-factor", "/auth/second-factor/method", "/auth/forgot",
                           "/auth/reset", "/auth/invitation", "/auth/email"}) {
    const HttpAnswer answer = http_post(
        daemon_.url(path), "username=x&password=y&token=z",
        {{"Content-Type", "application/x-www-form-urlencoded"}, {"Origin", "https://evil.example"}});
    EXPECT_EQ(answer.status, 403) << path;
    EXPECT_NE(answer.body.find("This came from another site."), std::string::npos) << path;
  }
}

TEST_F(AuthDefaultLimitsTest, ForgottenPasswordsAreLimitedByBothDoors) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(at("198.51.100.7").post("/api/v1/auth/password/forgot", {{"username", "x"}}).status, 202);
    EXPECT_EQ(at("198.51.100.7").submit("/auth/forgot", "username=x").status, 200);
  }
  const HttpAnswer more = at("198.51.100.7").post("/api/v1/auth/password/forgot", {{"username", "x"}});
  EXPECT_EQ(more.status, 429);
  EXPECT_GT(std::stoi(more.header("Retry-After")), 800) << more.body;
  const HttpAnswer page = at("198.51.100.7").submit("/auth/forgot", "username=x");
  EXPECT_EQ(page.status, 429);
  EXPECT_GT(std::stoi(page.header("Retry-After")), 800);
}

TEST_F(AuthDefaultLimitsTest, AWrongClientSecretCountsAndBlocksNobody) {
  Statuses statuses;
  for (int i = 0; i < 40; ++i)
    ++statuses[at("198.51.100.7")
                   .submit("/oauth2/token", "grant_type=client_credentials&client_secret=pk_wrong")
                   .status];
  EXPECT_EQ(statuses, (Statuses{{401, 20}, {429, 20}}));
  EXPECT_EQ(at("198.51.100.7").get("/auth/login").status, 200);
}

TEST_F(AuthDefaultLimitsTest, TwentyRightLoginsFromOneAddressAreFine) {
  daemon_.create_user("uwe", "user", kPassword);
  Statuses statuses;
  for (int i = 0; i < 20; ++i) ++statuses[at("198.51.100.7").log_in("uwe", kPassword).status];
  EXPECT_EQ(statuses, (Statuses{{200, 20}}));
}

TEST_F(AuthDefaultLimitsTest, AnAutomaticBlockStopsNoSessionAndNoKnownDevice) {
  daemon_.create_user("uwe", "user", kPassword);
  const std::string token = token_of("uwe");
  const std::string known = cookies_of("uwe", "picket_known");
  const std::string session = cookies_of("uwe", "picket_session");
  get_blocked("198.51.100.7");
  const Visitor uwe = at("198.51.100.7").with("Authorization", "Bearer " + token);
  EXPECT_EQ(uwe.get("/api/v1/auth/me").status, 200);
  EXPECT_EQ(uwe.verify("/x").status, 200);
  EXPECT_EQ(at("198.51.100.7").with("Cookie", session).get("/auth/account").status, 200);
  const Visitor at_home = at("198.51.100.7").with("Cookie", known);
  EXPECT_EQ(at_home.get("/auth/login").status, 200) << "a device that logged in before";
  EXPECT_EQ(at_home.verify("/x").status, 401) << "is led to the login";
  EXPECT_EQ(at_home.log_in("uwe", kPassword).status, 200);
  EXPECT_EQ(at_home.log_in("nobody", kPassword).status, 403) << "of another account it is a stranger's";
  EXPECT_EQ(at("198.51.100.7").with("Cookie", "__Host-picket_known=pkm_x").get("/auth/login").status, 403);
  EXPECT_EQ(at("198.51.100.7").verify("/x").status, 403);
}

TEST_F(AuthDefaultLimitsTest, AClientWithoutCookiesShowsItsDeviceWithTheLogin) {
  daemon_.create_user("uwe", "user", kPassword);
  const json before = json::parse(at("198.51.100.200").log_in("uwe", kPassword).body);
  for (int i = 0; i < 5; ++i) at("198.51.100.7").log_in("nobody", kOther);
  json login{{"username", "uwe"}, {"password", kPassword}};
  EXPECT_EQ(at("198.51.100.7").post("/api/v1/auth/login", login).status, 429);
  login["device_token"] = before.at("device_token");
  EXPECT_EQ(at("198.51.100.7").post("/api/v1/auth/login", login).status, 200);
}

// Programs of people have no cookies: they show the device in the body.
TEST_F(AuthDefaultLimitsTest, AnAutomaticBlockStopsNoDeviceThatIsShownInTheBody) {
  daemon_.create_user("uwe", "user", kPassword);
  const json in = json::parse(at("198.51.100.200").log_in("uwe", kPassword).body);
  const std::string known = in.at("device_token");
  get_blocked("198.51.100.7");
  const auto log_in = [&](const std::string& name, const std::string& device) {
    return at("198.51.100.7")
        .post("/api/v1/auth/login", {{"username", name}, {"password", kPassword}, {"device_token", device}})
        .status;
  };
  EXPECT_EQ(log_in("uwe", known), 200);
  EXPECT_EQ(log_in("nobody", known), 403) << "of another account it is a stranger's";
  EXPECT_EQ(log_in("uwe", "pkm_x"), 403);
  EXPECT_EQ(at("198.51.100.7")
                .post("/api/v1/auth/2fa/complete",
                      {{"challenge", "plc_x"}, {"method", "totp"}, {"code", "1"}, {"device_token", known}})
                .status,
            401)
      << "is asked, and not good";
}

TEST_F(AuthDefaultLimitsTest, ABlockOfSessionsStopsThemToo) {
  daemon_.create_user("root", "owner", kPassword);
  daemon_.create_user("uwe", "user", kPassword);
  json root = json::parse(at("198.51.100.200").log_in("root", kPassword).body);
  daemon_.enrol(root, kPassword);
  const std::string token = token_of("uwe");
  const std::string known = cookies_of("uwe", "picket_known");
  const auto block = [&](bool sessions) {
    const Visitor owner =
        at("198.51.100.200").with("Authorization", "Bearer " + root.at("access_token").get<std::string>());
    const HttpAnswer put =
        owner.post("/api/v1/blocks", {{"prefix", "198.51.100.7"}, {"reason", "x"}, {"sessions", sessions}});
    EXPECT_EQ(put.status, 201) << put.body;
    EXPECT_EQ(json::parse(put.body).at("sessions"), sessions);
  };
  const Visitor uwe = at("198.51.100.7").with("Authorization", "Bearer " + token);
  block(false);
  EXPECT_EQ(at("198.51.100.7").get("/auth/login").status, 403);
  EXPECT_EQ(uwe.verify("/x").status, 200);
  block(true);
  EXPECT_EQ(uwe.verify("/x").status, 403);
  EXPECT_EQ(uwe.get("/api/v1/auth/me").status, 403);
  EXPECT_EQ(at("198.51.100.7").with("Cookie", known).log_in("uwe", kPassword).status, 403);
  EXPECT_EQ(at("198.51.100.8").get("/auth/login").status, 200);
}

/// trusted_proxies names another network than the proxy's: everybody is 127.0.0.1.
class AuthForgottenProxyTest : public ::testing::Test {
 protected:
  AuthDaemon daemon_{{.config = "public_url: https://auth.example.org\ntrusted_proxies: [10.0.0.0/8]\n"}};
};

TEST_F(AuthForgottenProxyTest, StopsNobodyAndIsTold) {
  daemon_.create_user("uwe", "user", kPassword);
  Statuses statuses;
  for (int i = 0; i < 125; ++i)
    ++statuses[Visitor(daemon_, "203.0.113." + std::to_string(i)).get("/auth/login").status];
  EXPECT_EQ(statuses, (Statuses{{200, 125}}));
  for (int i = 0; i < 30; ++i) Visitor(daemon_, "203.0.113.9").log_in("victim", kOther);
  EXPECT_EQ(Visitor(daemon_, "203.0.113.9").log_in("victim", kOther).status, 429) << "the account's";
  EXPECT_EQ(Visitor(daemon_, "203.0.113.7").log_in("uwe", kPassword).status, 200);
  EXPECT_EQ(daemon_.metric("authd_blocked_prefixes"), 0);

  EXPECT_GE(daemon_.metric("authd_unlisted_proxy_requests_total"), 157);
  const std::string log = daemon_.log();
  const std::string line =
      "level=warn msg=\"a proxy is not in trusted_proxies: all its clients count as one\" "
      "proxy=127.0.0.1/32 write=\"trusted_proxies: [127.0.0.1/32]\"";
  ASSERT_NE(log.find(line), std::string::npos) << log;
  EXPECT_EQ(log.find(line, log.find(line) + 1), std::string::npos) << "once a minute";
  EXPECT_EQ(http_get(daemon_.url("/-/ready")).body, "ready\n");
  EXPECT_EQ(
      http_get(daemon_.url("/-/ready?verbose")).body,
      "ready\nwarning: 127.0.0.1/32 sends X-Forwarded-For and is not in trusted_proxies: all its clients "
      "count as one. If it is your proxy, write: trusted_proxies: [127.0.0.1/32]\n");
}

TEST_F(AuthForgottenProxyTest, IsForgottenOnceTheFileNamesIt) {
  Visitor(daemon_, "203.0.113.9").get("/auth/login");
  ASSERT_NE(http_get(daemon_.url("/-/ready?verbose")).body, "ready\n");
  daemon_.write("authd.yml", "public_url: https://auth.example.org\ntrusted_proxies: [127.0.0.1/32]\n");
  ASSERT_EQ(http_send({.method = "POST", .url = daemon_.url("/-/reload")}).status, 200);
  Visitor(daemon_, "203.0.113.9").get("/auth/login");
  EXPECT_EQ(http_get(daemon_.url("/-/ready?verbose")).body, "ready\n");
}

/// POST /api/v1/ratelimit/check, which other services ask.
class AuthServiceLimitsTest : public AuthDefaultLimitsTest {
 protected:
  AuthServiceLimitsTest() {
    for (const char* name : {"alice", "bob"}) daemon_.create_user(name, "user", kPassword);
    daemon_.create_user("max", "manager", kPassword);
    daemon_.create_user("root", "owner", kPassword);
    alice_ = token_of("alice");
    max_ = token_of("max");
    json root = json::parse(at("198.51.100.200").log_in("root", kPassword).body);
    daemon_.enrol(root, kPassword);
    root_ = root.at("access_token");
  }
  std::string id_of(const std::string& token) const {
    return json::parse(daemon_.get("/api/v1/auth/me", token).body).at("id");
  }
  HttpAnswer check(const std::string& token, const std::string& tier, const std::string& subject,
                   int cost = 1) const {
    return daemon_.post("/api/v1/ratelimit/check", {{"tier", tier}, {"subject", subject}, {"cost", cost}},
                        token);
  }

  std::string alice_, max_, root_;
};

TEST_F(AuthServiceLimitsTest, NobodySpendsWhatIsAnothers) {
  const std::string bob = id_of(token_of("bob"));
  EXPECT_EQ(check(alice_, "export:data", bob).status, 403);
  EXPECT_EQ(check(alice_, "export:data", "anything").status, 403);
  EXPECT_EQ(daemon_.get("/api/v1/ratelimit/export:data/" + bob, alice_).status, 403);
  EXPECT_EQ(check(alice_, "export:data", id_of(alice_)).status, 200);
  EXPECT_EQ(daemon_.get("/api/v1/ratelimit/export:data/" + id_of(alice_), alice_).status, 200);
  const HttpAnswer of_service = check(max_, "export:data", bob);
  EXPECT_EQ(of_service.status, 200) << "who sees all accounts asks about all";
  EXPECT_EQ(json::parse(of_service.body).at("remaining"), 2) << "nothing of it was spent";
  EXPECT_EQ(check(max_, "nosuch", bob).status, 404);
}

TEST_F(AuthServiceLimitsTest, OnesOwnLimitHoldsHere) {
  const std::string alice = id_of(alice_);
  ASSERT_EQ(
      daemon_.send("PUT", "/api/v1/users/" + alice + "/limits/export:data", {{"limit", 7}}, root_).status,
      200);
  const json standing = json::parse(check(max_, "export:data", alice).body);
  EXPECT_EQ(standing.at("limit"), 7);
  EXPECT_EQ(standing.at("remaining"), 6);
  const json wanted{{"name", "ci"}, {"scopes", {"users:read"}}};
  const json key = json::parse(daemon_.post("/api/v1/api-keys", wanted, alice_).body);
  EXPECT_EQ(json::parse(check(alice_, "export:data", key.at("public_id")).body).at("limit"), 7)
      << "and for a key";
  EXPECT_EQ(daemon_.send("PUT", "/api/v1/users/" + alice + "/limits/nosuch", {{"limit", 7}}, root_).status,
            404);
}

TEST_F(AuthServiceLimitsTest, AKeysTierHoldsForTheKey) {
  const json wanted{{"name", "ci"}, {"scopes", {"users:read"}}, {"tier", "nosuch"}};
  const HttpAnswer refused = daemon_.post("/api/v1/api-keys", wanted, alice_);
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("there is no tier"), std::string::npos) << refused.body;
  json with_tier = wanted;
  with_tier["tier"] = "export:data";
  const json key = json::parse(daemon_.post("/api/v1/api-keys", with_tier, alice_).body);
  const std::string subject = key.at("public_id");
  Statuses statuses;
  for (int i = 0; i < 5; ++i) ++statuses[check(alice_, "payment", subject).status];
  EXPECT_EQ(statuses, (Statuses{{200, 3}, {429, 2}})) << "3 a minute, though payment has 10";
  EXPECT_EQ(json::parse(check(alice_, "payment", subject).body).at("tier"), "export:data");
  statuses.clear();
  for (int i = 0; i < 5; ++i)
    ++statuses[http_get(daemon_.url("/api/v1/auth/me"), {{"X-API-Key", key.at("key")}}).status];
  EXPECT_EQ(statuses[429], 2) << "and at authd itself";
  EXPECT_EQ(at("198.51.100.7").with("X-API-Key", key.at("key")).verify("/x").status, 429) << "and at apps";
}

}  // namespace
}  // namespace picket::test
