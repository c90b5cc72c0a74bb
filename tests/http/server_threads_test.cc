// A server with several threads: each serves its share of the connections, and a stop waits for all of them.
#include <gtest/gtest.h>

#include <array>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "base/exec/task_failures.h"
#include "tests/http/raw_client.h"
#include "tests/http/test_server.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kHello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr const char* kMeet = "GET /meet HTTP/1.1\r\nHost: x\r\n\r\n";

/// Where those who come wait until `expected` are there, or the patience is over.
class Meeting {
 public:
  explicit Meeting(int expected) : missing_(expected) {}

  bool attend() {
    std::unique_lock lock(mutex_);
    if (--missing_ == 0) all_here_.notify_all();
    return all_here_.wait_for(lock, 5s, [this] { return missing_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_here_;
  int missing_;
};

/// The first piece comes, the second throws.
class Broken final : public BodyStream {
 public:
  bool next(std::string& out) override {
    if (std::exchange(begun_, true)) throw std::runtime_error("no more");
    out = "first";
    return true;
  }

 private:
  bool begun_ = false;
};

TEST(ServerThreads, QuickRoutesOfSeveralConnectionsRunAtTheSameTime) {
  Meeting meeting(3);
  TestServer server({.threads = 3});
  server.router.get("/meet",
                    [&](const Request&) { return Response::text(200, meeting.attend() ? "met" : "alone"); },
                    {.quick = true});
  server.router.get("/hello", [](const Request&) { return Response::text(200, "hello"); });
  server.start();
  // Accepted first: a thread that waits in a handler accepts nobody.
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(server.port());
    ASSERT_EQ(clients.back().ask(kHello).status, 200);
  }
  for (RawClient& client : clients) client.send(kMeet);
  for (RawClient& client : clients) EXPECT_EQ(client.response().body, "met");
}

TEST(ServerThreads, AStopWaitsForTheAnswersOfAll) {
  std::array<std::promise<void>, 3> ends;
  TestServer server({.threads = ends.size()});
  server.router.get("/wait/{for}", [&](const Request& request) {
    ends.at(std::stoul(request.path_param("for"))).get_future().wait();
    return Response::text(200, "done");
  });
  server.start();
  std::vector<RawClient> clients;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    clients.emplace_back(server.port());
    clients.back().send("GET /wait/" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  ASSERT_TRUE(wait_until(2000ms, [&] { return server.in_flight() == 3; }));
  auto stopped = std::async(std::launch::async, [&] { server.server().stop(5s); });
  const auto is_stopped = [&] { return stopped.wait_for(0s) == std::future_status::ready; };
  for (std::size_t i = 0; i < ends.size(); ++i) {
    EXPECT_FALSE(wait_until(300ms, is_stopped)) << i << " of them have their answer";
    ends.at(i).set_value();
    RawClient client = std::move(clients.at(i));
    const RawResponse response = client.response();
    EXPECT_EQ(response.body, "done");
    EXPECT_EQ(response.field("connection"), "close");
  }
  EXPECT_TRUE(wait_until(2000ms, is_stopped));
}

TEST(ServerThreads, TheEndDoesNotWaitForAStreamThatThrew) {
  const std::uint64_t before = TaskFailures::of_process().count();
  TestServer server;
  server.router.get("/broken", [](const Request&) {
    Response response = Response::text(200, "");
    response.stream = std::make_shared<Broken>();
    return response;
  });
  server.start();
  RawClient client(server.port());
  client.send("GET /broken HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(wait_until(5000ms, [&] { return TaskFailures::of_process().count() > before; }));
}

}  // namespace
}  // namespace picket::test
