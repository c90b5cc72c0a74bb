#include <gtest/gtest.h>
#include <zlib.h>

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

std::string gzip(const std::string& plain) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&z, plain.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  z.avail_in = static_cast<uInt>(plain.size());
  z.next_out = reinterpret_cast<Bytef*>(packed.data());
  z.avail_out = static_cast<uInt>(packed.size());
  deflate(&z, Z_FINISH);
  packed.resize(z.total_out);
  deflateEnd(&z);
  return packed;
}

TEST_F(ClientTest, BoundsTheBody) {
  const LocalPeer peer([](const PeerRequest&) { return PeerAnswer{200, std::string(10'000, 'x')}; });
  OutboundRequest request = get(peer.url());
  request.max_response = Bytes{10'000};
  EXPECT_EQ(exchange(request).failed, FailedStep::None);
  request.max_response = Bytes{9'999};
  ClientResponse answer = exchange(request);
  EXPECT_EQ(answer.failed, FailedStep::TooLarge);
  EXPECT_EQ(answer.error.kind, ErrorKind::InvalidInput);
  EXPECT_EQ(answer.response.status, 200);
  EXPECT_EQ(answer.response.body.size(), 9'999U);
  request.truncate_response = true;
  answer = exchange(request);
  EXPECT_EQ(answer.failed, FailedStep::None) << answer.error.message;
  EXPECT_EQ(answer.response.body.size(), 9'999U);
}

TEST_F(ClientTest, CountsABodyThatIsNotKept) {
  const LocalPeer peer([](const PeerRequest&) { return PeerAnswer{200, std::string(10'000, 'x')}; });
  OutboundRequest request = get(peer.url());
  request.keep_body = false;
  ClientResponse answer = exchange(request);
  EXPECT_EQ(answer.exchange.body_bytes, 10'000U);
  EXPECT_EQ(answer.response.body, "");
  request.max_response = Bytes{9'999};
  answer = exchange(request);
  EXPECT_EQ(answer.failed, FailedStep::TooLarge);
  EXPECT_EQ(answer.exchange.body_bytes, 9'999U);
}

TEST_F(ClientTest, UnpacksGzipAndStopsABomb) {
  const std::string small = gzip("hello gzip");
  const std::string bomb = gzip(std::string(std::size_t{16} * 1024 * 1024, '\0'));
  ASSERT_LT(bomb.size(), 100'000U);
  const LocalPeer peer([&](const PeerRequest& request) {
    EXPECT_EQ(request.header("Accept-Encoding"), request.path == "/raw" ? "" : "gzip");
    return PeerAnswer{200, request.path == "/bomb" ? bomb : small, {{"Content-Encoding", "gzip"}}};
  });
  EXPECT_EQ(exchange(get(peer.url("/small"))).response.body, "hello gzip");
  OutboundRequest raw = get(peer.url("/raw"));
  raw.decompress = false;
  EXPECT_EQ(exchange(raw).response.body, small);
  OutboundRequest bombed = get(peer.url("/bomb"));
  bombed.max_response = 1_MiB;
  const ClientResponse answer = exchange(bombed);
  EXPECT_EQ(answer.failed, FailedStep::TooLarge);
  EXPECT_EQ(answer.response.body.size(), 1024U * 1024U);
}

TEST_F(ClientTest, BoundsEndlessHeadersAndInterimAnswers) {
  const std::string starts[] = {"HTTP/1.1 200 OK\r\n", ""};
  const std::string repeats[] = {"X-Filler: " + std::string(500, 'x') + "\r\n",
                                 "HTTP/1.1 102 Processing\r\n\r\n"};
  for (std::size_t i = 0; i < 2; ++i) {
    const RawPeer peer([&, i](RawConnection& c) {
      c.read_until("\r\n\r\n");
      c.write(starts[i]);
      while (c.write(repeats[i])) {
      }
    });
    const ClientResponse answer = exchange(get(peer.url()));
    EXPECT_EQ(answer.failed, FailedStep::TooLarge) << answer.error.message;
    EXPECT_LT(answer.exchange.timings.total, 5s);
  }
}

TEST_F(ClientTest, ADribblingPeerCostsTheTimeoutAndNoMore) {
  const std::string starts[] = {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nX: "};
  for (const std::string& start : starts) {
    const RawPeer peer([&](RawConnection& c) {
      c.read_until("\r\n\r\n");
      c.write(start);
      while (!c.hung_up_within(50ms) && c.write("x")) {
      }
    });
    OutboundRequest request = get(peer.url());
    request.timeout = 400ms;
    const ClientResponse answer = exchange(request);
    EXPECT_EQ(answer.failed, FailedStep::Timeout);
    EXPECT_GE(answer.exchange.timings.total, 390ms);
    EXPECT_LT(answer.exchange.timings.total, 3s);
  }
}

TEST_F(ClientTest, RefusesToBlockItsOwnLoop) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        EventLoop loop;
        Resolver resolver(loop);
        CurlClient client(loop, resolver);
        std::promise<void> never;
        loop.post([&] { client.send(get("http://127.0.0.1:1/")).has_value(); });
        never.get_future().wait();
      },
      "send_async");
}

TEST_F(ClientTest, QueuesAndRefusesPastItsBounds) {
  const RawPeer silent([](RawConnection& c) {
    while (!c.read_some().empty()) {
    }
  });
  ClientOptions options;
  options.max_concurrent = 2;
  options.max_queued = 3;
  CurlClient narrow(loop_, resolver_, options);
  std::vector<std::promise<ClientResponse>> promises(6);
  for (std::size_t i = 0; i < promises.size(); ++i) {
    OutboundRequest request = get(silent.url());
    request.timeout = i < 2 ? Duration(1500ms) : Duration(300ms);
    narrow.send_async(request, [&, i](ClientResponse answer) { promises[i].set_value(std::move(answer)); });
  }
  const ClientResponse refused = promises[5].get_future().get();
  EXPECT_EQ(refused.error.kind, ErrorKind::Unavailable);
  EXPECT_EQ(narrow.stats().refused, 1U);
  EXPECT_EQ(narrow.stats().running, 2U);
  EXPECT_EQ(narrow.stats().queued, 3U);
  const ClientResponse late = promises[2].get_future().get();
  EXPECT_EQ(late.failed, FailedStep::Timeout);
  EXPECT_LT(late.exchange.timings.total, 1400ms);  // its own timeout, not that of those before it
  for (const std::size_t i : {0U, 1U, 3U, 4U})
    EXPECT_EQ(promises[i].get_future().get().failed, FailedStep::Timeout);
  EXPECT_EQ(narrow.stats().queued, 0U);
}

TEST_F(ClientTest, AnswersAThousandAtOnce) {
  const RawPeer peer([](RawConnection& c) {
    c.read_until("\r\n\r\n");
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  std::promise<void> all;
  std::atomic<int> left = 1000;
  std::atomic<int> good = 0;
  OutboundRequest request = get(peer.url());
  request.timeout = 15s;
  ClientOptions options;
  options.max_concurrent = 64;
  CurlClient client(loop_, resolver_, options);
  for (int i = 0; i < 1000; ++i) {
    client.send_async(request, [&](const ClientResponse& answer) {
      good += answer.failed == FailedStep::None ? 1 : 0;
      if (--left == 0) all.set_value();
    });
  }
  all.get_future().wait();
  EXPECT_EQ(good.load(), 1000);
}

TEST_F(ClientTest, CancelsWhatIsUnderWayWhenItGoes) {
  const RawPeer silent([](RawConnection& c) {
    while (!c.read_some().empty()) {
    }
  });
  std::promise<ClientResponse> promise;
  client_->send_async(get(silent.url()),
                      [&](ClientResponse answer) { promise.set_value(std::move(answer)); });
  client_.reset();
  std::future<ClientResponse> answer = promise.get_future();
  ASSERT_EQ(answer.wait_for(0s), std::future_status::ready);
  EXPECT_EQ(answer.get().error.kind, ErrorKind::Unavailable);
}

TEST_F(ClientTest, MayBeDestroyedInItsOwnCallback) {
  const LocalPeer peer;
  std::promise<void> gone;
  client_->send_async(get(peer.url()), [&](const ClientResponse&) {
    client_.reset();
    gone.set_value();
  });
  EXPECT_EQ(gone.get_future().wait_for(5s), std::future_status::ready);
}

}  // namespace
}  // namespace picket
