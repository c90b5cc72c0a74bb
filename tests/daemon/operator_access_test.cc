// Who may use /-/reload and /metrics: decided for every kind of request, and by demo_daemon as a process.
#include "base/daemon/operator_access.h"

#include <gtest/gtest.h>

#include "base/crypto/bcrypt.h"
#include "base/daemon/command_line.h"
#include "tests/daemon/running_daemon.h"

namespace picket {
namespace {

using test::HttpAnswer;
using test::HttpCall;
using test::RunningDaemon;

constexpr const char* kForwarding[] = {"Forwarded",         "Via",           "X-Forwarded-For",
                                       "x-forwarded-proto", "X-Real-IP",     "X-Forwarded-Host",
                                       "X-Original-URL",    "True-Client-IP"};

Request request_of(std::string address, std::string user = "", Headers headers = {}) {
  Request request;
  request.client.address = std::move(address);
  request.user = std::move(user);
  request.headers = std::move(headers);
  return request;
}

TEST(OperatorAccess, AReloadIsForThisMachineAndForUsers) {
  for (const char* local : {"127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "unix"}) {
    EXPECT_FALSE(refuse_reload(request_of(local))) << local;
  }
  for (const char* remote :
       {"192.0.2.1", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.1", "0.0.0.0", "::", ""}) {
    const std::optional<Response> refused = refuse_reload(request_of(remote));
    ASSERT_TRUE(refused) << remote;
    EXPECT_EQ(refused->status, 403);
    EXPECT_NE(refused->body.find("only its own machine"), std::string::npos) << refused->body;
    EXPECT_FALSE(refuse_reload(request_of(remote, "ops"))) << remote;
    EXPECT_FALSE(refuse_metrics(request_of(remote))) << remote;
  }
}

TEST(OperatorAccess, WhatComesThroughAProxyNeedsAUser) {
  for (const char* field : kForwarding) {
    const Headers headers = {{"Host", "x"}, {field, ""}};
    EXPECT_TRUE(refuse_reload(request_of("127.0.0.1", "", headers))) << field;
    EXPECT_TRUE(refuse_reload(request_of("unix", "", headers))) << field;
    EXPECT_TRUE(refuse_metrics(request_of("192.0.2.1", "", headers))) << field;
    EXPECT_FALSE(refuse_reload(request_of("192.0.2.1", "ops", headers))) << field;
    EXPECT_FALSE(refuse_metrics(request_of("192.0.2.1", "ops", headers))) << field;
  }
}

TEST(OperatorAccess, APageOfAnotherSiteReloadsNothingWhoeverIsLoggedIn) {
  EXPECT_TRUE(refuse_reload(request_of("127.0.0.1", "ops", {{"Sec-Fetch-Site", "same-site"}})));
  EXPECT_TRUE(refuse_reload(request_of("127.0.0.1", "", {{"Sec-Fetch-Site", "cross-site"}})));
  for (const char* origin :
       {"http://evil.example", "null", "", "http://localhost:9999", "ftp://localhost:9093"})
    EXPECT_TRUE(
        refuse_reload(request_of("127.0.0.1", "ops", {{"Host", "localhost:9093"}, {"Origin", origin}})))
        << origin;
  EXPECT_TRUE(refuse_reload(request_of("127.0.0.1", "", {{"Origin", "http://localhost:9093"}}))) << "no host";
  for (const char* own : {"http://localhost:9093", "https://LOCALHOST:9093"})
    EXPECT_FALSE(refuse_reload(request_of("127.0.0.1", "", {{"Host", "localhost:9093"}, {"Origin", own}})))
        << own;
}

TEST(Daemon, ReloadsForNobodyBehindAProxy) {
  const RunningDaemon daemon("message: one\n");
  daemon.write_config("message: two\n");
  for (const char* field : kForwarding) {
    const HttpAnswer answer = test::http_post(daemon.url("/-/reload"), "", {{field, "192.0.2.1"}});
    EXPECT_EQ(answer.status, 403) << field;
    EXPECT_NE(answer.body.find("through a proxy"), std::string::npos) << answer.body;
    EXPECT_EQ(test::http_put(daemon.url("/-/reload"), "", {{field, "192.0.2.1"}}).status, 403) << field;
    const HttpAnswer metrics = daemon.get("/metrics", {{field, "192.0.2.1"}});
    EXPECT_EQ(metrics.status, 403) << field;
    EXPECT_EQ(metrics.body.find("demo_"), std::string::npos) << metrics.body;
  }
  EXPECT_EQ(daemon.get("/message").body, "one");
  EXPECT_EQ(daemon.reload().status, 200);
  EXPECT_EQ(daemon.get("/metrics").status, 200);
}

TEST(Daemon, AUserOfTheWebFileReloadsAndScrapesThroughAProxy) {
  const test::TempDir dir;
  const std::string hash = bcrypt_hash("a password", 4, "0123456789abcdef").value();
  const std::string web = dir.write("web.yml", "basic_auth_users: {ops: " + hash + "}\n");
  const RunningDaemon daemon("message: one\n", {"--web.config.file", web});
  HttpCall call;
  call.headers = {{"X-Forwarded-For", "192.0.2.1"}, {"Via", "1.1 proxy"}};
  call.user = "ops";
  call.password = "a password";
  call.url = daemon.url("/metrics");
  EXPECT_EQ(test::http_send(call).status, 200);
  call.method = "POST";
  call.url = daemon.url("/-/reload");
  EXPECT_EQ(test::http_send(call).status, 200);
  call.password = "another password";
  EXPECT_EQ(test::http_send(call).status, 401);
}

TEST(HelpText, PrintsAddressesThatCanBeListenedOn) {
  struct Case {
    const char* listen;
    const char* port;
    const char* example;
  };
  for (const Case& c : {Case{":9801", ":9801", "--web.listen-address 127.0.0.1:9801"},
                        Case{"127.0.0.1:9180", ":9180", "--web.listen-address :9180"},
                        Case{"[::1]:9180", ":9180", "--web.listen-address :9180"}}) {
    DaemonSpec spec;
    spec.name = "x";
    spec.default_listen = c.listen;
    const std::string help = help_text(spec);
    EXPECT_NE(help.find(std::string(c.example) + " "), std::string::npos) << help;
    EXPECT_NE(help.find(std::string("(default ") + c.listen + ")"), std::string::npos) << help;
    EXPECT_NE(help.find(std::string("\"127.0.0.1") + c.port + "\""), std::string::npos) << help;
    EXPECT_EQ(help.find("127.0.0.1127"), std::string::npos) << help;
  }
}

}  // namespace
}  // namespace picket
