// What a client carries from one hop of an exchange to the next, and what it does not.
#include <gtest/gtest.h>

#include "tests/net/client_fixture.h"
#include "tests/support/certificates.h"
#include "tests/support/peer_server.h"

namespace picket {
namespace {

TEST_F(ClientTest, AConfiguredNameIsOfTheFirstHost) {
  test::Certificates certificates;
  const auto good = certificates.issue({.common_name = "good.example", .names = "DNS:good.example"});
  const auto usual = certificates.server();
  const test::LocalPeer last({usual.cert, usual.key}, {});
  const test::LocalPeer first({good.cert, good.key}, [&](const test::PeerRequest& request) {
    const std::string to = "https://localhost:" + std::to_string(last.port()) + "/";
    return test::PeerAnswer{
        request.path == "/again" ? 200 : 302, "", {{"Location", request.path == "/" ? "/again" : to}}};
  });
  for (const char* path : {"/", "/away"}) {
    OutboundRequest request = get(first.url(path));
    request.config.tls.ca_file = certificates.ca_file();
    request.config.tls.server_name = "good.example";
    const ClientResponse answer = exchange(request);
    EXPECT_EQ(answer.response.status, 200) << path << ": " << answer.error.message;
  }
}

TEST_F(ClientTest, PhasesAddUpOverHops) {
  const test::LocalPeer peer([](const test::PeerRequest&) {
    return test::PeerAnswer{302, "", {{"Location", "http://127.0.0.1:1/"}}};
  });
  const ClientResponse answer = exchange(get(peer.url()));
  EXPECT_EQ(answer.failed, FailedStep::Connect);
  EXPECT_GT(answer.exchange.timings.processing, Duration::zero()) << "of the first hop: the second had none";
}

TEST_F(ClientTest, CookiesStayWithinTheirExchange) {
  const test::LocalPeer peer([](const test::PeerRequest& request) {
    test::PeerAnswer answer{request.path == "/set" ? 302 : 200, request.header("Cookie")};
    answer.headers.emplace("Location", "/get");
    answer.headers.emplace("Set-Cookie", "sid=1; Path=/");
    return answer;
  });
  OutboundRequest request = get(peer.url("/set"));
  EXPECT_EQ(exchange(request).response.body, "") << "nobody asked for cookies";
  request.cookies = true;
  EXPECT_EQ(exchange(request).response.body, "sid=1");
  request.url = peer.url("/get");
  EXPECT_EQ(exchange(request).response.body, "") << "those of another exchange";
  request.cookies = false;  // on the handles of those before
  for (int i = 0; i < 3; ++i) EXPECT_EQ(exchange(request).response.body, "");
}

}  // namespace
}  // namespace picket
