// The server over real sockets: what a slow, greedy or hostile client gets, and that others do not notice.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <latch>

#include "tests/http/raw_client.h"
#include "tests/http/test_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

const std::string kGet = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

Response hello(const Request& /*request*/) {
  return Response::text(200, "hello");
}

ServerLimits quick_limits() {
  ServerLimits limits;
  limits.header_timeout = 200ms;
  limits.body_timeout = 200ms;
  limits.idle_timeout = 200ms;
  limits.write_timeout = 200ms;
  limits.request_timeout = 200ms;
  return limits;
}

TEST(ServerLimits, AHeadMustBeWholeInTimeHoweverItDrips) {
  TestServer server({.limits = quick_limits()});
  server.router.get("/hello", hello);
  server.start();
  RawClient client(server.port());
  const auto began = Clock::now();
  std::string answer;
  for (int i = 0; answer.empty() && i < 100; ++i) {
    client.send(i == 0 ? "GET /hello HTTP/1.1\r\n" : "X-Slow: 1\r\n");
    answer = client.receive(20ms);
  }
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 ")) << answer;
  EXPECT_GE(Clock::now() - began, 190ms);
  EXPECT_LT(Clock::now() - began, 2s);
  EXPECT_EQ(server.rejected("header_timeout"), 1);
}

TEST(ServerLimits, SilentConnectionsEnd) {
  TestServer server({.limits = quick_limits()});
  server.router.get("/hello", hello);
  server.start();
  RawClient silent(server.port());
  RawClient idle(server.port());
  EXPECT_EQ(idle.ask(kGet).status, 200);
  EXPECT_TRUE(silent.is_closed_within(2000ms));
  EXPECT_TRUE(idle.is_closed_within(2000ms));
  EXPECT_EQ(server.rejected("header_timeout"), 1) << "an idle connection that ends is no fault";
}

TEST(ServerLimits, ABodyMustBeWholeInTime) {
  TestServer server({.limits = quick_limits()});
  server.router.post("/hello", hello);
  server.start();
  RawClient client(server.port());
  EXPECT_EQ(client.ask("POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab").status, 408);
  EXPECT_TRUE(client.is_closed_within(3000ms));
}

TEST(ServerLimits, AHandlerMustAnswerInTime) {
  TestServer server({.limits = quick_limits()});
  std::promise<void> end;
  auto ended = end.get_future().share();
  server.router.get("/stuck", [ended](const Request&) {
    ended.wait();
    return Response::text(200, "late");
  });
  server.start();
  RawClient client(server.port());
  const RawResponse response = client.ask("GET /stuck HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.field("connection"), "close");
  EXPECT_EQ(response.field("retry-after"), "1");
  end.set_value();
}

class Endless final : public BodyStream {
 public:
  explicit Endless(std::atomic<int>& pieces) : pieces_(pieces) {}
  bool next(std::string& out) override {
    ++pieces_;
    out.append(65536, 'x');
    return true;
  }

 private:
  std::atomic<int>& pieces_;
};

TEST(ServerLimits, AReaderThatTakesNothingIsCutAndCostsOnePiece) {
  std::atomic<int> pieces{0};
  TestServer server({.limits = quick_limits()});
  server.router.get("/endless", [&](const Request&) {
    Response response;
    response.stream = std::make_shared<Endless>(pieces);
    return response;
  });
  server.start();
  RawClient client(server.port());
  client.shrink_receive_buffer(4096);
  client.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(wait_until(5000ms, [&] { return server.finished("/endless:200") == 1; }));
  EXPECT_LT(pieces.load(), 200) << "what the kernel buffers, not more";
  EXPECT_EQ(server.in_flight(), 0);
}

TEST(ServerLimits, SizesAreBounded) {
  TestServer server({.limits = {.head = 1_KiB, .body = 1_KiB}});
  server.router.post("/hello", hello);
  server.start();
  const std::string post = "POST /hello HTTP/1.1\r\nHost: x\r\n";
  EXPECT_EQ(RawClient(server.port()).ask(post + "X: " + std::string(2000, 'a')).status, 431);
  EXPECT_EQ(RawClient(server.port()).ask(post + "Content-Length: 1025\r\n\r\n").status, 413);
  EXPECT_EQ(
      RawClient(server.port()).ask(post + "Content-Length: 1024\r\n\r\n" + std::string(1024, 'a')).status,
      200);
  EXPECT_EQ(RawClient(server.port()).ask(post + "Transfer-Encoding: chunked\r\n\r\n401\r\n").status, 413);
  EXPECT_EQ(server.rejected("too_large"), 3);
}

TEST(ServerLimits, AClientThatGoesOnSendingStillReadsTheRefusal) {
  TestServer server;
  server.router.post("/hello", hello);
  server.start();
  RawClient client(server.port());
  client.send("POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n");
  for (int i = 0; i < 50; ++i) client.send(std::string(20000, 'x'));
  EXPECT_EQ(client.response().status, 413);
}

TEST(ServerLimits, BodiesOfAllConnectionsTogetherAreBounded) {
  std::latch busy(1);
  std::promise<void> end;
  TestServer server({.limits = {.body = 1_MiB, .bodies = 1_MiB}});
  server.router.post("/hold", [&](const Request&) {
    busy.count_down();
    end.get_future().wait();
    return Response::text(200, "held");
  });
  server.router.post("/hello", hello);
  server.start();
  const auto post = [](const std::string& path) {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 600000\r\n\r\n" +
           std::string(600000, 'a');
  };
  RawClient holding(server.port());
  holding.send(post("/hold"));
  busy.wait();
  RawClient refused(server.port());
  refused.send(post("/hello"));
  EXPECT_EQ(refused.response().status, 503);
  EXPECT_EQ(server.rejected("overload"), 1);
  end.set_value();
  EXPECT_EQ(holding.response().status, 200);
  EXPECT_TRUE(wait_until(2000ms, [&] { return RawClient(server.port()).ask(post("/hello")).status == 200; }));
}

TEST(ServerLimits, AFullPoolIsA503) {
  std::latch busy(1);
  std::promise<void> end;
  auto ended = end.get_future().share();
  TestServer server({.pool = {1, 1}});
  server.router.get("/slow", [&, ended](const Request&) {
    busy.count_down();
    ended.wait();
    return Response::text(200, "slow");
  });
  server.router.get("/hello", hello);
  server.start();
  RawClient running(server.port());
  running.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  busy.wait();
  RawClient queued(server.port());
  queued.send(kGet);
  EXPECT_TRUE(wait_until(2000ms, [&] { return server.in_flight() == 2; }));
  RawClient refused(server.port());
  const RawResponse response = refused.ask(kGet);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.field("retry-after"), "1");
  EXPECT_EQ(server.rejected("overload"), 1);
  end.set_value();
  EXPECT_EQ(running.response().body, "slow");
  EXPECT_EQ(queued.response().body, "hello");
}

TEST(ServerLimits, ConnectionsAreBoundedPerAddressAndInAll) {
  for (const ServerLimits& limits :
       {ServerLimits{.connections = 3}, ServerLimits{.connections_per_address = 3}}) {
    TestServer server({.limits = limits});
    server.router.get("/hello", hello);
    server.start();
    std::vector<RawClient> clients;
    for (int i = 0; i < 3; ++i) {
      clients.emplace_back(server.port());
      ASSERT_EQ(clients.back().ask(kGet).status, 200);
    }
    const RawResponse refused = RawClient(server.port()).response();
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(server.rejected("max_connections"), 1);
    clients.clear();
    EXPECT_TRUE(wait_until(2000ms, [&] { return RawClient(server.port()).ask(kGet).status == 200; }));
  }
}

TEST(ServerLimits, AFloodOfBrokenRequestsLeavesNothingBehind) {
  TestServer server;
  server.router.get("/hello", hello);
  server.start();
  for (int i = 0; i < 200; ++i) {
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
    if (i % 2 == 0) {
      EXPECT_EQ(client.response().status, 400);
    }
  }
  EXPECT_EQ(RawClient(server.port()).ask(kGet).body, "hello");
  EXPECT_TRUE(wait_until(2000ms, [&] { return server.rejected("bad_request") == 200; }));
}

TEST(ServerLimits, SlowAndIdleClientsDoNotKeepOthersWaiting) {
  TestServer server;
  server.router.get("/hello", hello);
  server.start();
  std::vector<RawClient> slow;
  std::vector<RawClient> idle;
  for (int i = 0; i < 200; ++i) {
    slow.emplace_back(server.port());
    slow.back().send("GET /hello HTTP/1.1\r\nX-Slow:");
  }
  for (int i = 0; i < 500; ++i) {
    idle.emplace_back(server.port());
    ASSERT_EQ(idle.back().ask(kGet).status, 200);
  }
  std::vector<Clock::duration> took;
  for (int i = 0; i < 21; ++i) {
    for (RawClient& client : slow) client.send("a");
    const auto began = Clock::now();
    RawClient client(server.port());
    ASSERT_EQ(client.ask(kGet).body, "hello");
    took.push_back(Clock::now() - began);
  }
  std::sort(took.begin(), took.end());
  EXPECT_LT(took[took.size() / 2], 100ms) << "the median, because the machine may be busy";
}

/// Every descriptor that the process may still have.
std::vector<int> take_all_descriptors() {
  std::vector<int> taken;
  for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) taken.push_back(fd);
  return taken;
}

TEST(ServerLimits, OutOfDescriptorsItWaitsAndThenGoesOn) {
  TestServer server;
  server.router.get("/hello", hello);
  server.start();
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit low{200, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  std::vector<int> taken = take_all_descriptors();
  ::close(taken.back());
  RawClient client(server.port());  // takes the one that was free
  client.send(kGet);
  rusage start{};
  EXPECT_TRUE(wait_until(2000ms, [&] { return server.rejected("max_connections") >= 1; }));
  ::getrusage(RUSAGE_SELF, &start);
  EXPECT_TRUE(wait_until(2000ms, [&] { return server.rejected("max_connections") >= 4; }));
  EXPECT_LE(server.rejected("max_connections"), 10) << "it spins";
  taken.pop_back();
  for (const int fd : taken) ::close(fd);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(client.response().body, "hello");
  EXPECT_NE(server.log().find("cannot accept connections"), std::string::npos);
}

TEST(ServerLimits, AStaleSocketFileIsReplacedALiveOneIsNot) {
  const TempDir dir;
  const std::string path = dir.file("web.sock");
  const std::string spec = "unix:" + path;
  {
    TestServer first({.listen = {spec}});
    first.start();
    ASSERT_EQ(::link(path.c_str(), dir.file("kept.sock").c_str()), 0);
    TestServer second({.listen = {spec}});
    const Result<void> started = second.try_start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().message.find("in use"), std::string::npos);
  }
  EXPECT_NE(::access(path.c_str(), F_OK), 0) << "removed at the end";
  ASSERT_EQ(::rename(dir.file("kept.sock").c_str(), path.c_str()), 0);
  TestServer third({.listen = {spec}});
  third.router.get("/hello", hello);
  third.start();
  EXPECT_EQ(RawClient::unix_socket(path).ask(kGet).body, "hello");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0660u);
  const std::string file = dir.write("file", "precious");
  TestServer fourth({.listen = {"unix:" + file}});
  EXPECT_FALSE(fourth.try_start());
  EXPECT_EQ(dir.read("file"), "precious");
}

TEST(ServerLimits, TakesOverAListeningSocketByNumber) {
  TestServer first;
  first.start();
  TestServer broken({.listen = {"fd:900"}});
  EXPECT_FALSE(broken.try_start());
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::listen(fd, 10), 0);
  TestServer server({.listen = {"fd:" + std::to_string(fd)}});
  server.router.get("/hello", hello);
  server.start();
  ASSERT_NE(server.port(), 0);
  EXPECT_EQ(RawClient(server.port()).ask(kGet).body, "hello");
}

}  // namespace
}  // namespace picket::test
