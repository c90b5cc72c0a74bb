#include <gtest/gtest.h>

#include <future>

#include "base/exec/mutex.h"
#include "tests/net/client_fixture.h"
#include "tests/support/peer_server.h"

namespace picket {
namespace {

using namespace std::chrono_literals;
using test::LocalPeer;
using test::PeerAnswer;
using test::PeerRequest;
using test::RawConnection;
using test::RawPeer;

TEST_F(ClientTest, SendsAndReceives) {
  const LocalPeer peer([](const PeerRequest& request) {
    return PeerAnswer{201, "got " + request.body, {{"X-A", "1"}}};
  });
  OutboundRequest request = get(peer.url("/path?q=1"));
  request.method = Method::Post;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::string("{\0}", 3);
  const ClientResponse answer = exchange(request);
  ASSERT_EQ(answer.failed, FailedStep::None) << answer.error.message;
  EXPECT_EQ(answer.response.status, 201);
  EXPECT_EQ(answer.response.body, "got " + request.body);
  EXPECT_EQ(answer.response.headers.get("x-a"), "1");
  EXPECT_EQ(answer.exchange.http_version, "1.1");
  EXPECT_EQ(answer.exchange.peer->text(), "127.0.0.1");
  EXPECT_TRUE(answer.exchange.sent);
  const PeerRequest seen = peer.requests().at(0);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.query, "q=1");
  EXPECT_EQ(seen.header("Content-Type"), "application/json");
  EXPECT_EQ(seen.headers.count("Expect"), 0U);
  EXPECT_EQ(seen.header("User-Agent"), "Picket");
}

TEST_F(ClientTest, SendsEmptyHeadersAndNothingUnasked) {
  std::promise<std::string> head;
  const RawPeer peer([&](RawConnection& c) {
    head.set_value(c.read_until("\r\n\r\n"));
    c.write("HTTP/1.1 204 No Content\r\n\r\n");
  });
  OutboundRequest request = get(peer.url("/a/../b?c"));
  request.method = Method::Post;
  request.headers = {{"X-Empty", ""}, {"Accept", "text/plain"}};
  EXPECT_EQ(exchange(request).response.status, 204);
  EXPECT_EQ(head.get_future().get(),
            "POST /a/../b?c HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(peer.port()) +
                "\r\nAccept-Encoding: gzip\r\nX-Empty:\r\nAccept: text/plain\r\n"
                "User-Agent: Picket\r\nContent-Length: 0\r\n\r\n");
}

TEST_F(ClientTest, KnowsEveryMethod) {
  const LocalPeer peer([](const PeerRequest& request) {
    return PeerAnswer{200, request.method + request.body};
  });
  struct Row {
    Method method;
    std::string body, answer;
  };
  const Row rows[] = {{Method::Get, "", "GET"},       {Method::Head, "", ""},
                      {Method::Put, "x", "PUTx"},     {Method::Patch, "", "PATCH"},
                      {Method::Delete, "", "DELETE"}, {Method::Options, "", "OPTIONS"},
                      {Method::Post, "", "POST"},     {Method::Delete, "x", "DELETEx"}};
  for (const Row& row : rows) {
    OutboundRequest request = get(peer.url());
    request.method = row.method;
    request.body = row.body;
    const Result<Response> answer = client_->send(request);
    ASSERT_TRUE(answer.has_value()) << to_string(row.method) << answer.error().message;
    EXPECT_EQ(answer->body, row.answer) << to_string(row.method);
  }
}

TEST_F(ClientTest, MeasuresItsPhases) {
  const RawPeer peer([](RawConnection& c) {
    c.read_until("\r\n\r\n");
    c.hung_up_within(300ms);
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1");
    c.hung_up_within(300ms);
    c.write("2");
  });
  dns_.answer("api.example", {{IpAddress::parse("127.0.0.1").value()}});
  const ClientResponse answer = exchange(get("http://api.example:" + std::to_string(peer.port()) + "/"));
  ASSERT_EQ(answer.failed, FailedStep::None) << answer.error.message;
  const PhaseTimings& t = answer.exchange.timings;
  EXPECT_GT(t.resolve, Duration::zero());
  EXPECT_GT(t.connect, Duration::zero());
  EXPECT_EQ(t.tls, Duration::zero());
  // Wide of the 300 ms that the peer waits: the machine may be busy.
  EXPECT_GE(t.processing, 100ms);
  EXPECT_GE(t.transfer, 100ms);
  EXPECT_GE(t.total, t.resolve + t.connect + t.processing + t.transfer - 5ms);
}

TEST_F(ClientTest, ReusesConnectionsUnlessAskedForFreshOnes) {
  const RawPeer peer([](RawConnection& c) {
    while (!c.read_until("\r\n\r\n").empty()) c.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  OutboundRequest request = get(peer.url());
  request.reuse_connection = true;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(exchange(request).response.status, 200);
  EXPECT_EQ(peer.connections(), 1);
  request.reuse_connection = false;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(exchange(request).response.status, 200);
  EXPECT_EQ(peer.connections(), 4);
}

TEST_F(ClientTest, DoesNotSendAPostTwiceOverADeadConnection) {
  Mutex mutex;
  std::vector<std::string> seen;
  const RawPeer peer([&](RawConnection& c) {
    for (int i = 0; i < 2; ++i) {  // the second request of a connection is read and never answered
      const std::string head = c.read_until("\r\n\r\n");
      const MutexLock lock(mutex);
      if (!head.empty()) seen.push_back(head.substr(0, head.find(' ')));
      if (i == 0) c.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
  });
  OutboundRequest request = get(peer.url());
  request.reuse_connection = true;
  for (const Method method : {Method::Get, Method::Post, Method::Post}) {
    request.method = method;
    EXPECT_EQ(exchange(request).response.status, 200);
  }
  const MutexLock lock(mutex);
  EXPECT_EQ(seen, (std::vector<std::string>{"GET", "POST", "POST"}));
}

TEST_F(ClientTest, TellsWhereItFailed) {
  std::uint16_t closed = 0;
  {
    const RawPeer gone([](RawConnection&) {});
    closed = gone.port();
  }
  const RawPeer silent([](RawConnection& c) {
    while (!c.read_some().empty()) {
    }
  });
  const RawPeer empty([](RawConnection& c) { c.read_until("\r\n\r\n"); });
  const RawPeer babble(answering("SSH-2.0-OpenSSH\r\n"));
  const RawPeer no_tls([](RawConnection& c) { c.write("SSH-2.0-OpenSSH\r\n"); });
  const RawPeer cut(answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"));
  dns_.answer("broken.example", {{}, 2, false});
  struct Row {
    std::string url;
    FailedStep step;
    ErrorKind kind;
    std::string says;
  };
  const Row rows[] = {
      {"http://127.0.0.1:" + std::to_string(closed), FailedStep::Connect, ErrorKind::Unavailable,
       "Connection refused"},
      {"http://missing.example/", FailedStep::Resolve, ErrorKind::NotFound, "no such name"},
      {"http://broken.example/", FailedStep::Resolve, ErrorKind::Unavailable, "SERVFAIL"},
      {silent.url(), FailedStep::Timeout, ErrorKind::Timeout, "waiting for the answer"},
      {silent.url("/", "https"), FailedStep::Timeout, ErrorKind::Timeout, "TLS handshake"},
      {empty.url(), FailedStep::Request, ErrorKind::Unavailable, ""},
      {babble.url(), FailedStep::Request, ErrorKind::Unavailable, ""},
      {cut.url(), FailedStep::Request, ErrorKind::Unavailable, "receiving the answer"},
      {no_tls.url("/", "https"), FailedStep::Tls, ErrorKind::Unavailable, "TLS"},
      {"ftp://127.0.0.1/", FailedStep::Request, ErrorKind::InvalidInput, "scheme"},
      {"file:///etc/passwd", FailedStep::Request, ErrorKind::InvalidInput, ""},
      {"127.0.0.1:80", FailedStep::Request, ErrorKind::InvalidInput, ""},
      {"http://", FailedStep::Request, ErrorKind::InvalidInput, ""},
      {"http://host:99999/", FailedStep::Request, ErrorKind::InvalidInput, ""},
      {"http://ho st/", FailedStep::Request, ErrorKind::InvalidInput, ""},
      {"http://host/\r\nX: y", FailedStep::Request, ErrorKind::InvalidInput, ""},
  };
  for (const Row& row : rows) {
    OutboundRequest request = get(row.url);
    request.timeout = 500ms;
    const ClientResponse answer = exchange(request);
    EXPECT_EQ(answer.failed, row.step) << row.url << ": " << answer.error.message;
    EXPECT_EQ(answer.error.kind, row.kind) << row.url << ": " << answer.error.message;
    EXPECT_NE(answer.error.message.find(row.says), std::string::npos)
        << row.url << ": " << answer.error.message;
  }
}

TEST_F(ClientTest, ShowsNoSecretInErrorsOrTheFinalUrl) {
  std::uint16_t closed = 0;
  {
    const RawPeer gone([](RawConnection&) {});
    closed = gone.port();
  }
  const std::string rest = "127.0.0.1:" + std::to_string(closed) + "/services/hush1?token=hush2#hush3";
  for (const std::string& url : std::vector<std::string>{
           "http://hush4:hush5@" + rest, "ftp://hush4:hush5@" + rest, "http://hush4:hush5@:1/"}) {
    OutboundRequest request = get(url);
    request.config.proxy_url = url.starts_with("ftp") ? "http://hush6:hush7@127.0.0.1:1" : "";
    const ClientResponse answer = exchange(request);
    ASSERT_NE(answer.failed, FailedStep::None);
    EXPECT_EQ(answer.error.message.find("hush"), std::string::npos) << answer.error.message;
    EXPECT_EQ(answer.exchange.final_url.find("hush4"), std::string::npos);
    EXPECT_EQ(answer.exchange.final_url.find("hush5"), std::string::npos);
  }
}

TEST_F(ClientTest, RefusesHeadersThatWouldSplitTheRequest) {
  for (const Headers& headers : {Headers{{"X-A", "1\r\nX-B: 2"}}, Headers{{"X A", "1"}}, Headers{{"", "1"}},
                                 Headers{{"X-A\n", "1"}}, Headers{{"X-A", std::string("1\0", 2)}}}) {
    OutboundRequest request = get("http://127.0.0.1:1/");
    request.headers = headers;
    EXPECT_EQ(exchange(request).error.kind, ErrorKind::InvalidInput);
    request.headers = {};
    request.config.headers = headers;
    EXPECT_EQ(exchange(request).error.kind, ErrorKind::InvalidInput);
  }
}

}  // namespace
}  // namespace picket
