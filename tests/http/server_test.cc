// The server over real sockets: what a good client gets.
#include <gtest/gtest.h>

#include <future>
#include <latch>

#include "base/exec/mutex.h"
#include "base/http/gzip.h"
#include "tests/http/raw_client.h"
#include "tests/http/test_server.h"
#include "tests/support/free_port.h"
#include "tests/support/http_get.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using namespace std::chrono_literals;

std::string get(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
}

/// Many pieces, as a large scrape.
class Lines final : public BodyStream {
 public:
  Lines(int pieces, std::size_t size) : left_(pieces), size_(size) {}
  bool next(std::string& out) override {
    out.append(size_, static_cast<char>('a' + left_ % 26));
    return --left_ > 0;
  }

 private:
  int left_;
  std::size_t size_;
};

Handler streaming(int pieces, std::size_t size) {
  return [=](const Request&) {
    Response response = Response::text(200, "");
    response.stream = std::make_shared<Lines>(pieces, size);
    return response;
  };
}

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    server_.router.get("/hello", [](const Request&) { return Response::text(200, "hello"); });
    server_.router.get("/big", [](const Request&) { return Response::text(200, std::string(5000, 'x')); });
    server_.router.post("/echo", [](const Request& r) { return Response::text(200, r.body); });
    server_.router.patch("/echo/{part}", [](const Request& r) { return Response::text(200, r.body); });
    server_.router.get("/who/{name}", [](const Request& r) {
      return Response::text(
          200, r.path_param("name") + " " + r.client.address + " " + r.target.query.at(0).second);
    });
    server_.router.get("/stream", streaming(20, 10000));
    server_.router.get("/short-stream", streaming(1, 100));
    server_.router.get("/empty", [](const Request&) { return Response{.status = 204}; });
    server_.router.get("/throws",
                       [](const Request&) -> Response { throw std::runtime_error("secret detail"); });
    server_.router.get_async("/dropped", [](const Request&, const Responder&) {});
    server_.router.get("/quick", [](const Request&) { return Response::text(200, "quick"); },
                       {.quick = true});
    server_.router.get("/split", [](const Request&) {
      Response response = Response::text(200, "x");
      response.headers.add("X-Bad", "a\r\nSet-Cookie: b");
      response.headers.add("Content-Length", "99");
      return response;
    });
    server_.router.options([](const Request& request) -> std::optional<Response> {
      if (request.headers.find("Origin") == nullptr) return std::nullopt;
      return Response{.status = 204, .headers = {{"X-Asked", request.target.path}}};
    });
    server_.start();
  }
  RawClient connect() const { return RawClient(server_.port()); }
  TestServer server_;
};

TEST_F(ServerTest, AnswersWithItsDefaultFieldsOnly) {
  const RawResponse response = connect().ask(get("/hello"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(response.field("x-content-type-options"), "nosniff");
  EXPECT_EQ(response.field("content-length"), "5");
  EXPECT_EQ(response.field("date").size(), 29u);
  EXPECT_EQ(response.field("server"), "");
  EXPECT_EQ(response.field("connection"), "");
}

TEST_F(ServerTest, GivesTheHandlerPathQueryAndClient) {
  EXPECT_EQ(connect().ask(get("/who/a%20b?x=%2F")).body, "a b 127.0.0.1 /");
}

TEST_F(ServerTest, KeepsTheConnectionForRequestAfterRequest) {
  RawClient client = connect();
  for (int i = 0; i < 50; ++i) ASSERT_EQ(client.ask(get("/hello")).body, "hello");
  EXPECT_TRUE(wait_until(1000ms, [&] { return server_.finished("/hello:200") == 50; }));
  EXPECT_EQ(server_.in_flight(), 0);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInTheirOrder) {
  RawClient client = connect();
  std::string bytes;
  for (int i = 0; i < 30; ++i) {
    const std::string body = "n" + std::to_string(i);
    bytes += "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
             body;
  }
  client.send(bytes + get("/quick"));
  for (int i = 0; i < 30; ++i) ASSERT_EQ(client.response().body, "n" + std::to_string(i));
  EXPECT_EQ(client.response().body, "quick");
}

TEST_F(ServerTest, ClosesWhenAsked) {
  RawClient client = connect();
  const RawResponse response = client.ask(get("/hello", "Connection: close\r\n"));
  EXPECT_EQ(response.field("connection"), "close");
  EXPECT_TRUE(client.is_closed_within(1000ms));
}

TEST_F(ServerTest, SpeaksHttp10) {
  RawClient closing = connect();
  closing.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(closing.response().body, "hello");
  EXPECT_TRUE(closing.is_closed_within(1000ms));
  RawClient keeping = connect();
  EXPECT_EQ(keeping.ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").field("connection"),
            "keep-alive");
  EXPECT_EQ(keeping.ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").body, "hello");
  RawClient stream = connect();
  const RawResponse whole = stream.ask("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(whole.field("transfer-encoding"), "");
  EXPECT_EQ(whole.body.size(), 200000u);
}

TEST_F(ServerTest, HeadHasTheFieldsOfGetAndNoBody) {
  for (const std::string path : {"/hello", "/big", "/stream", "/short-stream", "/quick"}) {
    RawClient client = connect();
    const std::string fields = "Accept-Encoding: gzip\r\n";
    const RawResponse by_get = client.ask(get(path, fields));
    client.send(fmt::format("HEAD {} HTTP/1.1\r\nHost: x\r\n{}\r\n", path, fields));
    RawResponse by_head = client.response(true);
    by_head.fields["date"] = by_get.field("date");
    EXPECT_EQ(by_head.fields, by_get.fields) << path;
    EXPECT_EQ(client.ask(get("/hello")).body, "hello") << "a body after HEAD would show up here";
  }
}

TEST_F(ServerTest, TellsWhatIsNotThereOrNotAllowed) {
  RawClient client = connect();
  EXPECT_EQ(client.ask(get("/nothing")).status, 404);
  const RawResponse refused = client.ask("DELETE /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.field("allow"), "GET, HEAD, OPTIONS");
  const RawResponse options = client.ask("OPTIONS /echo HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.field("allow"), "POST, OPTIONS");
  EXPECT_EQ(options.field("content-length"), "");
  const RawResponse all = client.ask("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(all.status, 204);
  EXPECT_EQ(all.field("allow"), "GET, HEAD, POST, PATCH, OPTIONS") << "what some route answers";
  EXPECT_EQ(client.ask(get("/empty")).status, 204);
  EXPECT_EQ(client.ask(get("/hello")).body, "hello");
}

TEST_F(ServerTest, OptionsOfAPathThatExistsAskTheirHandlerFirst) {
  RawClient client = connect();
  EXPECT_EQ(client.ask("OPTIONS /echo HTTP/1.1\r\nHost: x\r\nOrigin: y\r\n\r\n").field("x-asked"), "/echo");
  EXPECT_EQ(client.ask("OPTIONS /echo HTTP/1.1\r\nHost: x\r\n\r\n").field("allow"), "POST, OPTIONS");
  EXPECT_EQ(client.ask("OPTIONS /nothing HTTP/1.1\r\nHost: x\r\nOrigin: y\r\n\r\n").status, 404);
}

TEST_F(ServerTest, AFailingHandlerIsA500WithoutItsSecrets) {
  RawClient client = connect();
  const RawResponse thrown = client.ask(get("/throws"));
  EXPECT_EQ(thrown.status, 500);
  EXPECT_EQ(thrown.body.find("secret"), std::string::npos);
  EXPECT_EQ(client.ask(get("/dropped")).status, 500);
  EXPECT_NE(server_.log().find("handler failed"), std::string::npos);
}

TEST_F(ServerTest, AHandlerCannotSplitTheResponse) {
  const RawResponse response = connect().ask(get("/split"));
  EXPECT_EQ(response.field("set-cookie"), "");
  EXPECT_EQ(response.field("x-bad"), "");
  EXPECT_EQ(response.field("content-length"), "1");
}

TEST_F(ServerTest, TakesChunkedBodiesAndContinues) {
  RawClient client = connect();
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(client.response().status, 100);
  EXPECT_EQ(client.ask("5\r\nhello\r\n0\r\n\r\n").body, "hello");
}

TEST_F(ServerTest, StreamsInChunks) {
  const RawResponse response = connect().ask(get("/stream"));
  EXPECT_EQ(response.field("transfer-encoding"), "chunked");
  EXPECT_EQ(response.body.size(), 200000u);
  EXPECT_EQ(response.body.back(), 'b');
  EXPECT_EQ(connect().ask(get("/short-stream")).field("content-length"), "100");
}

struct Coding {
  std::string accept;
  std::string path;
  bool is_gzip;
};

TEST_F(ServerTest, CompressesForThoseWhoTakeIt) {
  const std::vector<Coding> cases{
      {"gzip", "/big", true},      {"deflate, GZIP;q=0.5", "/big", true}, {"*", "/big", true},
      {"gzip;q=0", "/big", false}, {"gzip;q=0, *", "/big", false},        {"gzip; q=0.000", "/big", false},
      {"identity", "/big", false}, {"br, zstd", "/big", false},           {"gzip", "/hello", false},
      {"gzip", "/stream", true}};
  for (const Coding& c : cases) {
    const RawResponse response = connect().ask(get(c.path, "Accept-Encoding: " + c.accept + "\r\n"));
    EXPECT_EQ(response.field("content-encoding"), c.is_gzip ? "gzip" : "") << c.accept;
    EXPECT_EQ(response.field("vary"), c.path == "/hello" ? "" : "Accept-Encoding") << c.accept;
  }
  EXPECT_EQ(connect().ask(get("/big")).field("content-encoding"), "");
}

TEST_F(ServerTest, AForeignClientReadsWhatIsCompressed) {
  const std::string base = "http://127.0.0.1:" + std::to_string(server_.port());
  const HttpAnswer stream = http_get(base + "/stream", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(stream.body.size(), 200000u) << stream.error;
  EXPECT_EQ(http_get(base + "/big", {{"Accept-Encoding", "gzip"}}).body, std::string(5000, 'x'));
}

TEST(Server, TakesAnAnswerFromAnyThreadOnce) {
  Mutex mutex;
  std::vector<std::jthread> others;  // outlives the server, whose workers fill it
  TestServer server;
  server.router.get_async("/later", [&](const Request&, const Responder& respond) {
    const MutexLock lock(mutex);
    others.emplace_back([respond] {
      respond(Response::text(200, std::string(20000, 'y')));
      respond(Response::text(500, "second"));
    });
  });
  server.start();
  EXPECT_EQ(
      RawClient(server.port()).ask(get("/later", "Accept-Encoding: gzip\r\n")).field("content-encoding"),
      "gzip");
  EXPECT_EQ(RawClient(server.port()).ask(get("/later")).body.size(), 20000u);
}

TEST(Server, AnAnswerAfterItsEndFallsToTheFloor) {
  Responder late;
  {
    TestServer server;
    std::latch taken(1);
    server.router.get_async("/late", [&](const Request&, Responder respond) {
      late = std::move(respond);
      taken.count_down();
    });
    server.start();
    RawClient client(server.port());
    client.send(get("/late"));
    taken.wait();
    server.server().stop(Duration::zero());
    EXPECT_TRUE(client.is_closed_within(1000ms));
    late(Response::text(200, "too late"));
  }
  late = nullptr;
}

TEST(Server, DrainsBeforeItStops) {
  TestServer server;
  std::latch inside(1);
  std::promise<void> go_on;
  server.router.get("/slow", [&](const Request&) {
    inside.count_down();
    go_on.get_future().wait();
    return Response::text(200, "done");
  });
  server.start();
  RawClient idle(server.port());
  RawClient half(server.port());
  half.send("GET /slow HT");
  RawClient busy(server.port());
  busy.send(get("/slow"));
  inside.wait();
  auto stopped = std::async(std::launch::async, [&] { server.server().stop(5s); });
  EXPECT_TRUE(idle.is_closed_within(2000ms));
  EXPECT_FALSE(RawClient(server.port()).connected());
  go_on.set_value();
  const RawResponse response = busy.response();
  EXPECT_EQ(response.body, "done");
  EXPECT_EQ(response.field("connection"), "close");
  half.send("TP/1.1\r\nHost: x\r\n\r\n");
}

TEST(Server, CutsWhatDoesNotEndInTime) {
  TestServer server;
  server.router.get("/stream", streaming(1'000'000, 100'000));
  server.start();
  RawClient client(server.port());
  client.send(get("/stream"));
  EXPECT_NE(client.receive(), "");
  const auto before = std::chrono::steady_clock::now();
  server.server().stop(50ms);
  server.server().stop(50ms);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 3s);
  EXPECT_TRUE(client.until_closed().has_value());
}

TEST(Server, ListensOnEveryKindOfAddress) {
  const TempDir dir;
  const std::string path = dir.file("web.sock");
  const bool has_v6 = test::has_ipv6_loopback();
  std::vector<std::string> listen{"127.0.0.1:0", ":0", "unix:" + path};
  if (has_v6) listen.emplace_back("[::1]:0");
  TestServer server({.listen = listen});
  server.router.get("/who", [](const Request& r) { return Response::text(200, r.client.address); });
  server.start();
  const std::vector<std::string> addresses = server.server().addresses();
  ASSERT_EQ(addresses.size(), listen.size());
  const auto port_of = [](const std::string& address) {
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  };
  EXPECT_EQ(server.port(), port_of(addresses[0]));
  EXPECT_EQ(RawClient(port_of(addresses[0])).ask(get("/who")).body, "127.0.0.1");
  EXPECT_EQ(RawClient(port_of(addresses[1])).ask(get("/who")).body, "127.0.0.1");
  EXPECT_EQ(RawClient::unix_socket(path).ask(get("/who")).body, "unix");
  if (!has_v6) return;
  EXPECT_TRUE(addresses[3].starts_with("[::1]:"));
  EXPECT_EQ(RawClient(port_of(addresses[3]), "::1").ask(get("/who")).body, "::1");
  EXPECT_EQ(RawClient(port_of(addresses[1]), "::1").ask(get("/who")).body, "::1");
}

TEST(Server, BindsEveryAddressOrNone) {
  TestServer first;
  first.start();
  const std::string taken = "127.0.0.1:" + std::to_string(first.port());
  TestServer second({.listen = {"127.0.0.1:0", taken}});
  const Result<void> started = second.try_start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::Unavailable);
  EXPECT_NE(started.error().message.find(taken), std::string::npos);
}

TEST(Server, NamesAListenAddressThatIsNone) {
  const std::vector<std::string> specs{"",
                                       "9801",
                                       "host.example:80",
                                       "127.0.0.1:x",
                                       "127.0.0.1:70000",
                                       "unix:",
                                       "fd:x",
                                       "fd:0",
                                       "[::1",
                                       "unix:/" + std::string(200, 'x')};
  for (const std::string& bad : specs) {
    TestServer server({.listen = {bad}});
    const Result<void> started = server.try_start();
    ASSERT_FALSE(started) << bad;
    EXPECT_NE(started.error().message.find(bad), std::string::npos);
  }
}

}  // namespace
}  // namespace picket::test
